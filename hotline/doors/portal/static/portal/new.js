// Comforts of the submit page: drag or paste files, copy the code.

const drop = document.querySelector("#drop");
const input = drop?.querySelector("input[type=file]");
const previews = document.querySelector("#previews");

function add(files) {
  const all = new DataTransfer();
  for (const file of [...input.files, ...files]) all.items.add(file);
  input.files = all.files;
  show();
}

function show() {
  previews.replaceChildren();
  [...input.files].forEach((file, index) => {
    const item = document.createElement("li");
    if (file.type.startsWith("image/")) {
      const image = document.createElement("img");
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      item.append(image);
    } else {
      item.append(file.name);
      item.className = "file";
    }
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn btn-sm btn-ghost-secondary";
    remove.textContent = "×";
    remove.setAttribute("aria-label", `× ${file.name}`);
    remove.addEventListener("click", () => {
      const rest = new DataTransfer();
      [...input.files].forEach((other, i) => i !== index && rest.items.add(other));
      input.files = rest.files;
      show();
    });
    item.append(remove);
    previews.append(item);
  });
}

if (input) {
  input.addEventListener("change", show);
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") add(event.dataTransfer.files);
    });
  }
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) add(event.clipboardData.files);
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const words = button.dataset.copy.split(" ").map((at) => document.querySelector(at).textContent);
    await navigator.clipboard.writeText(words.join(" "));
    button.classList.add("btn-success");
  });
}
