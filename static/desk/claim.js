// Says every minute that the draft is still open here; without it each save does.
(() => {
  "use strict";
  const form = document.getElementById("claim");
  if (!form) return;
  const renew = async () => {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (!answer || (answer.status !== 204 && answer.status !== 409)) return;
    const taken = answer.status === 409;
    form.classList.toggle("is-busy", taken);
    form.querySelector("[role=status]").textContent = taken ? await answer.text() : "";
  };
  setInterval(renew, 60000);
})();
