"""Handlers of the imitation, one module for each chapter of the contract."""
