"""Mechanisms that know no programme: expressions, rules, data flow."""
