"""Desktop client of 期货互联网开户云: open and maintain a futures account from a PC."""

__version__ = "0.1.0"
