// A login link carries its code behind "#". It is put into the form and taken out of the address, so that the history keeps no secret.

const field = document.getElementById("code");
const code = decodeURIComponent(location.hash.slice(1));
if (field && code) {
  field.value = code;
  history.replaceState(null, "", location.pathname + location.search);
  document.querySelector("#login button").focus();
}
