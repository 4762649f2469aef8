// A comfort of the receipt: number and code are copied with one press.

function offer(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const words = button.dataset.copy.split(" ").map((at) => document.querySelector(at).textContent);
      await navigator.clipboard.writeText(words.join(" "));
      button.classList.add("btn-success");
    });
  }
}

offer(document);
document.addEventListener("house:page", (event) => offer(event.detail));
