// The address holds the filter (#q=...&severity=...), so that a view can be passed on.
const find = (id) => document.getElementById(id);
const NAMES = ["q", "severity", "state", "dataset", "rule"];
const controls = Object.fromEntries(NAMES.map((name) => [name, find(name)]));

const list = makeList(find("list"), (problem) => {
  for (const control of Object.values(controls)) control.value = "";
  writeAddress();
  list.open(problem);
  document.activeElement?.scrollIntoView({ block: "center" });
});

const filterProblems = () => {
  const filter = Object.fromEntries(NAMES.map((name) => [name, controls[name].value]));
  const listed = applyFilter(filter);
  const found = listed.reduce((sum, problem) => sum + countShown(problem), 0);
  if (listed.length === 1) listed[0].open = true;
  list.show(listed);
  find("status").textContent = listed.length ? `${plural(listed.length, "problem")}, ${plural(found, "finding")}` : "Nothing matches the filter";
};

const readAddress = () => {
  const hash = location.hash.slice(1);
  if (hash && find(hash)) return; // a place on the page, not a filter
  const wanted = new URLSearchParams(hash);
  for (const name of NAMES) controls[name].value = wanted.get(name) ?? "";
  filterProblems();
  if (hash) find("problems").scrollIntoView();
};

const writeAddress = () => {
  const filled = NAMES.filter((name) => controls[name].value);
  const hash = new URLSearchParams(filled.map((name) => [name, controls[name].value]));
  history.replaceState(null, "", filled.length ? `#${hash}` : location.pathname + location.search);
  filterProblems();
};

let typing;
controls.q.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(writeAddress, 150);
});
for (const name of NAMES.slice(1)) controls[name].addEventListener("change", writeAddress);
find("clear").addEventListener("click", () => {
  for (const control of Object.values(controls)) control.value = "";
  writeAddress();
  controls.q.focus();
});

const moveTo = (event) => {
  const toggles = [...document.querySelectorAll("#list .toggle")];
  const at = toggles.indexOf(document.activeElement);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: toggles.length - 1 }[event.key];
  if (at < 0 || target === undefined) return;
  event.preventDefault();
  toggles[Math.min(Math.max(target, 0), toggles.length - 1)].focus();
};

addEventListener("keydown", (event) => {
  if (dialog.open) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault();
    controls.q.focus();
    controls.q.select();
  } else if (event.key === "ArrowDown" && document.activeElement === controls.q) {
    event.preventDefault();
    document.querySelector("#list .toggle")?.focus();
  } else if (event.key === "Escape" && find("list").contains(document.activeElement)) {
    controls.q.focus();
  } else {
    moveTo(event);
  }
});

addEventListener("beforeprint", list.print);
addEventListener("afterprint", list.redraw);
addEventListener("hashchange", readAddress);
const form = document.querySelector(".filter");
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = document.querySelector(".keys").hidden = false;
filterProblems();
readAddress();
