// Uploads: how much has been sent is shown, and what is too large is said before it is sent.

const form = document.getElementById("upload-form");
const bar = document.getElementById("sent");
const problem = document.getElementById("upload-problem");

function complain(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const size = [...form.elements.files.files].reduce((sum, file) => sum + file.size, 0);
  if (size > Number(form.dataset.most)) return complain("文件合计太大，请分几次上传。");
  complain("");
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "fetch");
  request.upload.addEventListener("progress", (sent) => { bar.value = sent.total ? (100 * sent.loaded) / sent.total : 0; });
  request.addEventListener("load", () => {
    bar.hidden = true;
    if (request.status === 200) location.assign(request.responseURL);
    else complain(request.responseText);
  });
  request.addEventListener("error", () => { bar.hidden = true; complain("上传中断，请检查网络后再试。"); });
  bar.hidden = false;
  request.send(new FormData(form));
});
