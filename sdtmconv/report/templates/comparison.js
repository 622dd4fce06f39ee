"use strict";
// The address holds the filter (#q=...&dataset=...), so that a view can be passed on. A select of the
// form filters by the data- attribute of its id.
(() => {
  const find = (id) => document.getElementById(id);
  const form = document.querySelector(".filter");
  const rows = find("rows");
  const status = find("status");
  const selects = [...form.querySelectorAll("select")].filter((select) => select !== rows);
  const controls = Object.fromEntries([find("q"), ...selects].map((control) => [control.id, control]));

  const problems = JSON.parse(find("data").textContent).map(({ count, records }, number) => {
    const card = find(`problem-${number + 1}`);
    const head = [...card.querySelectorAll("h3, dd.rule")].map((part) => part.textContent);
    return { card, count, records, head: head.join(" ").toLowerCase(), shown: records, first: 0 };
  });

  const number = (value, noun) => `${value.toLocaleString("en")} ${noun}${value === 1 ? "" : "s"}`;

  const makeRow = (record) => {
    const row = document.createElement("tr");
    row.append(...record.map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      return cell;
    }));
    return row;
  };

  const caption = (problem, last) => {
    const { shown, first, records, count } = problem;
    const all = shown === records ? number(count, "record") : `${shown.length.toLocaleString("en")} matching of ${number(count, "record")}`;
    return shown.length > last - first ? `${(first + 1).toLocaleString("en")} to ${last.toLocaleString("en")} of ${all}` : all;
  };

  const showPage = (problem) => {
    const { card, shown, first } = problem;
    if (!problem.records.length) return;
    const last = Math.min(first + Number(rows.value), shown.length);
    card.querySelector("tbody").replaceChildren(...shown.slice(first, last).map(makeRow));
    card.querySelector("caption").textContent = caption(problem, last);
    card.querySelector(".pager").hidden = shown.length <= Number(rows.value);
    card.querySelector(".previous").disabled = first === 0;
    card.querySelector(".next").disabled = last === shown.length;
  };

  const turn = (problem, direction) => {
    problem.first = Math.max(0, problem.first + direction * Number(rows.value));
    showPage(problem);
  };

  // A word is looked for in what the whole problem says, and else in each of its records.
  const selectRecords = (problem, words) => {
    const rest = words.filter((word) => !problem.head.includes(word));
    if (!rest.length) return problem.records;
    problem.texts ??= problem.records.map((record) => record.join("\t").toLowerCase());
    return problem.records.filter((_, at) => rest.every((word) => problem.texts[at].includes(word)));
  };

  const isShown = ({ card, shown, records }) =>
    selects.every(({ id, value }) => !value || value === card.dataset[id])
    && (shown.length > 0 || shown === records);

  const applyFilter = () => {
    const words = controls.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    let visible = 0;
    for (const problem of problems) {
      problem.shown = selectRecords(problem, words);
      problem.first = 0;
      problem.card.hidden = !isShown(problem);
      if (problem.card.hidden) continue;
      visible += 1;
      found += problem.shown === problem.records ? problem.count : problem.shown.length;
      showPage(problem);
    }
    status.textContent = visible ? `${number(visible, status.dataset.card)}, ${number(found, status.dataset.item)}` : "Nothing matches the filter";
  };

  const readAddress = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const target = find(location.hash.slice(1));
    if (target && !target.hidden) return;
    for (const [name, control] of Object.entries(controls)) control.value = wanted.get(name) ?? "";
    applyFilter();
    target?.scrollIntoView();
  };

  const writeAddress = () => {
    const filled = Object.entries(controls).filter(([, control]) => control.value);
    const hash = new URLSearchParams(filled.map(([name, control]) => [name, control.value]));
    history.replaceState(null, "", filled.length ? `#${hash}` : location.pathname + location.search);
    applyFilter();
  };

  let typing;
  controls.q.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(writeAddress, 150);
  });
  for (const select of selects) select.addEventListener("change", writeAddress);
  rows.addEventListener("change", applyFilter);
  for (const problem of problems) {
    problem.card.querySelector(".previous")?.addEventListener("click", () => turn(problem, -1));
    problem.card.querySelector(".next")?.addEventListener("click", () => turn(problem, 1));
  }
  for (const link of document.querySelectorAll("a[data-dataset]")) {
    link.addEventListener("click", () => {
      for (const control of Object.values(controls)) control.value = "";
      controls.dataset.value = link.dataset.dataset;
      applyFilter();
    });
  }
  addEventListener("hashchange", readAddress);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  applyFilter();
  readAddress();
})();
