"""The auditors' pages: who looked at what. Reading them is on record as well."""
