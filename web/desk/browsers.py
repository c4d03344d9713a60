"""What a browser is called, so that people know their own again in the list of log-ins."""

from __future__ import annotations

# In this order: Edge and Opera also call themselves Chrome, and everybody calls themselves Safari.
_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_MACHINES = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def browser_in_words(user_agent: str) -> str:
    """Return "Firefox på Windows" for the header User-Agent; nothing of it is kept but these words."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in user_agent), "Ukendt browser")
    machine = next((name for sign, name in _MACHINES.items() if sign in user_agent), "")
    return f"{browser} på {machine}" if machine else browser
