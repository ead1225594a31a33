// A key that was not touched, or refused (安全密钥): said on the page and not in the console alone.
document.addEventListener("allauth.error", (event) => {
  const place = document.getElementById("key-problem");
  if (!place) return;
  event.preventDefault();
  place.hidden = false;
  place.focus();
});
