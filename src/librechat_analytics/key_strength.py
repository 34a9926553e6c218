"""Which API keys are strong enough."""

HOW_TO_MAKE_A_KEY = "Make one with `openssl rand -base64 32`."
SHORTEST_KEY = 16
FEWEST_DISTINCT_CHARACTERS = 8
# Words from the examples of this and other projects; they are looked for in lower case, anywhere in a key.
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
    """Raise ValueError, with what is wrong, for a key that could be guessed or could not be sent."""
    if not all("!" <= character <= "~" for character in key):
        raise ValueError(f"may contain only printable ASCII characters without spaces. {HOW_TO_MAKE_A_KEY}")
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"is shorter than {SHORTEST_KEY} characters. {HOW_TO_MAKE_A_KEY}")
    if len(set(key)) < FEWEST_DISTINCT_CHARACTERS:
        raise ValueError(f"uses too few different characters. {HOW_TO_MAKE_A_KEY}")
    if any(part in key.lower() for part in EXAMPLE_KEY_PARTS):
        raise ValueError(f"is an example from the documentation, not a secret. {HOW_TO_MAKE_A_KEY}")
