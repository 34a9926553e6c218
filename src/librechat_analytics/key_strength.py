"""What makes an API key good enough to guard people's figures."""

HOW_TO_MAKE_A_KEY = "Make one with `openssl rand -base64 32`."
SHORTEST_KEY = 16
FEWEST_DISTINCT_CHARACTERS = 8
# Words that stand in examples of this and other projects, in whatever case and decoration.
EXAMPLE_KEY_PARTS = (
    "your-secure-key",
    "your-secret-key",
    "your-api-key",
    "your_api_key",
    "changeme",
    "change-me",
    "change_me",
    "replace-me",
    "replace_me",
    "example",
    "placeholder",
    "secret-key-here",
    "password",
)


def require_strong_key(key: str) -> None:
    """Raise ValueError, saying what is wrong, for a key that could be guessed or not sent."""
    if not all("!" <= character <= "~" for character in key):
        raise ValueError(f"may hold printable ASCII characters without blanks only. {HOW_TO_MAKE_A_KEY}")
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"is shorter than {SHORTEST_KEY} characters. {HOW_TO_MAKE_A_KEY}")
    if len(set(key)) < FEWEST_DISTINCT_CHARACTERS:
        raise ValueError(f"repeats too few different characters. {HOW_TO_MAKE_A_KEY}")
    if any(part in key.lower() for part in EXAMPLE_KEY_PARTS):
        raise ValueError(f"is an example from a document, not a secret. {HOW_TO_MAKE_A_KEY}")
