// Replaces "Starting…" with a readable reason when the page's program fails to load or does not start in time.
// Kept in old syntax on purpose: it must run where the program cannot.
(function () {
  var TIMEOUT_MS = 15000;

  function explain(reason) {
    var status = document.getElementById("boot-status");
    if (!status) return; // the program has replaced the static page
    status.setAttribute("role", "alert");
    status.textContent = "The playground did not start: " + reason;
  }

  if (location.protocol === "file:") {
    document.addEventListener("DOMContentLoaded", function () {
      explain("it was opened as a file. Serve it instead: run “npm start” and open the address it prints.");
    });
    return;
  }
  window.addEventListener(
    "error",
    function (event) {
      if (event.target && event.target.tagName === "SCRIPT") explain("a script could not be loaded. Please reload.");
      else if (event.message) explain(event.message);
    },
    true,
  );
  window.setTimeout(function () {
    explain("no answer after 15 seconds. It needs a recent Chrome, Edge, Firefox or Safari; reloading may help.");
  }, TIMEOUT_MS);
})();
