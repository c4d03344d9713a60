"""The only public door: chat API, pages, follow-up, desk and health, on aiohttp."""
