"""Administration: people and units, the catalogue and its promises. Our own pages.

frame       who may, the side menu          registers   the plain tables: columns and form of each
forms       shape of input                  history     recorded changes in words
saving      a form becomes one sentence to the house, and a refusal words in the form
"""
