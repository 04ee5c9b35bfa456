"""Reads across the tables of deputies’ word."""
