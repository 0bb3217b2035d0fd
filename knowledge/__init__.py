"""The library behind the helpdesk: it reads notices into clauses and answers questions from them.

It knows no Telegram, no HTTP and no terminal; ``tests/test_imports.py`` keeps it so.
"""
