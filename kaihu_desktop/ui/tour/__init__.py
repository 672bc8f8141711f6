"""Drives the real windows by themselves, for the demonstration and for screenshots."""
