"""The currencies in which prices and invoices can be: those of ISO 4217 that have two decimals.

Source: ISO 4217, list one, without funds, metals and codes for tests; since January 2026 without Bulgaria's lev.
Amounts are kept, rounded and shown in hundredths everywhere: a currency with another minor unit would be billed wrong.
"""

from __future__ import annotations

from typing import Final

_TWO_DECIMALS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK
DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD
KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
# None, or three.
_OTHER_DECIMALS = """
BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF
BHD IQD JOD KWD LYD OMR TND
"""

CURRENCIES: Final = frozenset(_TWO_DECIMALS.split())
OTHER_DECIMALS: Final = frozenset(_OTHER_DECIMALS.split())
