"""The only code that writes the catalogue.

rows        rows, categories with their row of the dispatch directory, new codes, terms
guards      what may not be disabled, because something in use stands on it
defaults    the shipped data
calendars   working hours, vacations, years of holidays, published together
privacy     what people are told of their data, in versions
"""

from hotline.catalog.services.defaults import load_defaults
from hotline.catalog.services.rows import add, save, save_category, set_term, set_terms

__all__ = ["add", "load_defaults", "save", "save_category", "set_term", "set_terms"]
