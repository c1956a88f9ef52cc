// The console's stand-in: lays dashboards out, and does with widgets and their actions what CloudWatch is known to do.
// What widgets answer was sanitised before it comes here; the page's policy lets nothing in it run.

const at = id => document.getElementById(id);
const token = decodeURIComponent(location.hash.slice(1));
const EVENTS = ["click", "dblclick", "mouseenter"];
let account = "";
let widgets = [];
let timer = 0;

// --- asking --------------------------------------------------------------------------------------------------------

async function ask(path, body) {
  const told = { headers: { "X-Sandbox-Token": token, "Content-Type": "application/json" } };
  const answer = await fetch(path, body === undefined ? told : { ...told, method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(answer.status === 403 ? await answer.text() : `The sandbox answers ${answer.status}: see its terminal.`);
  return answer.json();
}

function trouble(text) {
  at("trouble").textContent = text;
  at("trouble").hidden = !text;
}

// --- what a widget is told -----------------------------------------------------------------------------------------

function timezone() {
  const utc = at("zone").value === "utc";
  const minutes = utc ? 0 : -new Date().getTimezoneOffset();
  const two = number => String(Math.floor(Math.abs(number))).padStart(2, "0");
  return {
    label: utc ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone,
    offsetISO: `${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`,
    offsetInMinutes: minutes,
  };
}

function timeRange() {
  const relativeStart = Number(at("range").value) * 3600000;
  const end = Date.now();
  return { mode: "relative", start: end - relativeStart, end, relativeStart };
}

function ticked(box) {
  return { true: true, on: "on", value: box.value }[at("reading").value];
}

function forms(widget) {
  const all = {};
  for (const field of widget.inner.querySelectorAll("input[name], select[name], textarea[name]")) {
    if (field.type === "radio") { if (field.checked) all[field.name] = field.value; }
    else if (field.type === "checkbox") { if (field.checked) all[field.name] = ticked(field); }
    else all[field.name] = field.value;
  }
  return { all };
}

function context(widget) {
  return {
    dashboardName: at("dashboard").value, widgetId: widget.id, accountId: account, locale: "en", timezone: timezone(),
    period: 300, isAutoPeriod: true, timeRange: timeRange(), theme: at("theme").value, linkCharts: true,
    title: widget.title, forms: forms(widget), params: widget.params,
    width: widget.inner.parentElement.clientWidth, height: widget.inner.parentElement.clientHeight,
  };
}

// --- showing -------------------------------------------------------------------------------------------------------

function warn(widget, texts) {
  for (const text of texts) {
    const line = document.createElement("li");
    line.textContent = text;
    widget.warnings.append(line);
  }
}

function put(widget, place, answer) {
  const inner = document.createElement("div");
  inner.className = "cwdb-custom-inner";
  inner.innerHTML = answer.html;
  place.className = `${place.className.replace(/ ?cwdb-theme-\w+/g, "")} cwdb-theme-${at("theme").value}`;
  place.replaceChildren(inner);
  bind(widget, inner);
  return inner;
}

function show(widget, answer, display) {
  widget.warnings.replaceChildren();
  if (display === "popup") {
    put(widget, at("popup").querySelector(".content"), answer);
    if (!at("popup").open) at("popup").showModal();
  } else {
    at("popup").close();
    widget.inner = put(widget, widget.body, answer);
  }
  warn(widget, answer.warnings || []);
  widget.section.dataset.state = answer.kind === "error" ? "error" : "ready";
  if (answer.milliseconds !== undefined) widget.note.textContent = `${answer.milliseconds} ms`;
}

async function call(widget, endpoint, fields, display) {
  const turn = ++widget.turn;
  widget.section.dataset.state = "loading";
  const event = { ...fields, widgetContext: context(widget) };
  let answer;
  try {
    answer = await ask("/api/invoke", { endpoint, event, viewer: at("viewer").value });
    trouble("");
  } catch (error) {
    trouble(error.message);
    widget.section.dataset.state = "error";
    return;
  }
  if (turn === widget.turn) show(widget, answer, display);
}

async function draw(widget) {
  if (widget.kind === "custom") return call(widget, widget.endpoint, widget.params, "widget");
  try {
    widget.inner.innerHTML = (await ask("/api/still", { kind: widget.kind, properties: widget.properties })).html;
    widget.section.dataset.state = "still";
  } catch (error) { trouble(error.message); }
}

// --- <cwdb-action> -------------------------------------------------------------------------------------------------

function payload(action) {
  const text = (at("reading").value === "on" ? action.innerHTML : action.textContent).trim();
  return text === "" ? {} : JSON.parse(text);
}

function fault(action, kind, event) {
  if (!action.previousElementSibling) return "An action has nothing before it to bind to.";
  if (!["html", "call"].includes(kind)) return `An action's kind ${JSON.stringify(kind)} is not html or call.`;
  if (!EVENTS.includes(event)) return `An action waits for ${JSON.stringify(event)}, which never comes.`;
  if (kind === "html") return "";
  if (!action.getAttribute("endpoint")) return "An action calls, but has no endpoint.";
  if (event === "mouseenter") return "An action calls on mouseenter, which only html may.";
  try {
    const content = payload(action);
    return content !== null && typeof content === "object" ? "" : "An action's content is no JSON object.";
  } catch (error) {
    return `An action's content is no JSON: ${error.message}`;
  }
}

function bind(widget, inner) {
  // Actions inside of an action are content; they are bound once that is shown.
  const actions = [...inner.querySelectorAll("cwdb-action")].filter(each => !each.parentElement.closest("cwdb-action"));
  for (const action of actions) {
    const kind = action.getAttribute("action") || "html";
    const event = action.getAttribute("event") || "click";
    const found = fault(action, kind, event);
    if (found) {
      warn(widget, [`${found} The console would silently do nothing.`]);
      action.previousElementSibling?.classList.add("dead");
      continue;
    }
    action.previousElementSibling.addEventListener(event, happened => {
      happened.preventDefault();
      act(widget, action, kind);
    });
  }
}

async function act(widget, action, kind) {
  const question = action.getAttribute("confirmation");
  if (question && !await confirmed(question)) return;
  const display = action.getAttribute("display") === "popup" ? "popup" : "widget";
  if (kind === "html") show(widget, { kind: "html", html: action.innerHTML }, display);
  else await call(widget, action.getAttribute("endpoint"), payload(action), display);
}

function confirmed(question) {
  const dialog = at("confirm");
  dialog.querySelector("p").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise(answer => dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }));
}

// --- the grid ------------------------------------------------------------------------------------------------------

function element(tag, className, parent, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  parent.append(made);
  return made;
}

function place(drawn) {
  const section = element("section", "widget", at("grid"));
  section.dataset.widget = drawn.title;
  section.style.gridColumn = `${drawn.x + 1} / span ${drawn.width}`;
  section.style.gridRow = `${drawn.y + 1} / span ${drawn.height}`;
  const header = element("header", "", section);
  element("h2", "", header, drawn.title);
  const note = element("span", "note", header);
  const warnings = element("ul", "warnings", section);
  const body = element("div", "body", section);
  const widget = { ...drawn, section, note, warnings, body, inner: element("div", "", body), turn: 0 };
  if (drawn.kind !== "custom") return { ...widget, endpoint: "", updateOn: { refresh: true, timeRange: true } };
  body.addEventListener("submit", happened => happened.preventDefault());
  button(header, "?", "Describe", () => call(widget, widget.endpoint, { describe: true }, "popup"));
  button(header, "⟳", "Refresh this widget", () => draw(widget));
  return widget;
}

function button(header, text, title, pressed) {
  const made = element("button", "", header, text);
  made.type = "button";
  made.title = title;
  made.addEventListener("click", pressed);
}

function open(dashboard) {
  at("grid").replaceChildren();
  widgets = dashboard.widgets.map(place);
  widgets.forEach(draw);
}

const redraw = cause => widgets.filter(widget => widget.updateOn[cause]).forEach(draw);

function often() {
  clearInterval(timer);
  const seconds = Number(at("every").value);
  if (seconds) timer = setInterval(redraw, 1000 * seconds, "refresh");
}

function dress() {
  document.body.className = at("theme").value;
  widgets.forEach(draw);
}

function options(select, names) {
  for (const name of names) element("option", "", select, name).value = name;
}

async function begin() {
  const told = await ask("/api/dashboards");
  account = told.account;
  options(at("dashboard"), told.dashboards.map(each => each.name));
  options(at("viewer"), told.viewers);
  const chosen = () => open(told.dashboards.find(each => each.name === at("dashboard").value));
  at("dashboard").addEventListener("change", chosen);
  at("viewer").addEventListener("change", () => widgets.forEach(draw));
  at("theme").addEventListener("change", dress);
  at("range").addEventListener("change", () => redraw("timeRange"));
  at("zone").addEventListener("change", () => redraw("timeRange"));
  at("refresh").addEventListener("click", () => redraw("refresh"));
  at("every").addEventListener("change", often);
  for (const pressed of at("confirm").querySelectorAll("button")) pressed.addEventListener("click", () => at("confirm").close(pressed.value));
  at("popup").querySelector(".close").addEventListener("click", () => at("popup").close());
  let resized = 0;
  addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(redraw, 300, "resize"); });
  if (told.dashboards.length) chosen();
  else trouble("The template has no dashboards.");
}

begin().catch(error => trouble(error.message));
