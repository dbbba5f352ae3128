// A file that is dropped on the plan's form is read here, and planned.

export function acceptDrops(form) {
  if (!form) return;
  const text = form.elements.text;
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    text.value = file ? await file.text() : event.dataTransfer.getData("text");
    form.requestSubmit();
  });
}
