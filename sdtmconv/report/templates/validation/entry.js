// An entry for findings.yaml about a problem or one of its records, to copy.
// YAML takes more characters for line ends than JSON does.
const escapeEnds = (text) => text.replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
const quote = (text) => (/^[\p{L}\p{N}_][\p{L}\p{N}_.\- ]*$/u.test(text) && text === text.trim() ? text : escapeEnds(JSON.stringify(text)));

const writeEntry = (problem, at) => {
  const lines = [`rule: ${problem.rule}`];
  if (problem.dataset) lines.push(`dataset: ${quote(problem.dataset)}`);
  if (problem.variable) lines.push(`variable: ${quote(problem.variable)}`);
  if (at === null) {
    lines.push(`message: ${quote(problem.message)}`);
  } else {
    const pairs = problem.columns.slice(0, -1).map((name, column) => [name, data.texts[problem.records[column][at]]]).filter(([, text]) => text);
    lines.push(`key: {${pairs.map(([name, text]) => `${name}: ${quote(text)}`).join(", ")}}`);
  }
  lines.push("explanation: ", "owner: ", "decision: accept");
  return `- ${lines.join("\n  ")}\n`;
};

const dialog = document.getElementById("entry");
const entryText = document.getElementById("entry-text");
const entryStatus = document.getElementById("entry-status");

const showEntry = (problem, at) => {
  entryText.value = writeEntry(problem, at);
  entryStatus.textContent = "";
  dialog.showModal();
  const end = entryText.value.indexOf("explanation: ") + "explanation: ".length;
  entryText.setSelectionRange(end, end);
  entryText.focus();
};

document.getElementById("entry-copy").addEventListener("click", async () => {
  entryText.select();
  const copied = await navigator.clipboard?.writeText(entryText.value).then(() => true, () => false);
  entryStatus.textContent = copied || document.execCommand("copy") ? "Copied" : "Press Ctrl+C to copy";
});
document.getElementById("entry-close").addEventListener("click", () => dialog.close());
