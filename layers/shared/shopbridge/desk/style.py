"""How the widgets look, in the light and in the dark theme of the console.

Nobody says whether a widget's style reaches the others on its dashboard, so every selector begins with a class of ours.
"""

from markupsafe import Markup

STYLE = Markup(
    """
.sb {
  --ink: #16191f; --soft: #545b64; --line: #d5dbdb; --sheet: #fafafa; --link: #0073bb;
  --good: #1d8102; --warn: #8d6605; --bad: #b3150a; --good-bed: #f2f8f0; --warn-bed: #fef8e6;
  --bad-bed: #fdf3f1; --info-bed: #f1faff; color: var(--ink); font-size: 13px; line-height: 1.45;
  overflow-wrap: anywhere;
}
.sb:is(.cwdb-theme-dark *) {
  --ink: #d5dbdb; --soft: #95a5a6; --line: #414750; --sheet: #21252c; --link: #44b9d6;
  --good: #6aaf35; --warn: #f0b53a; --bad: #ff8a75; --good-bed: #1c2b18; --warn-bed: #2f2713;
  --bad-bed: #341c19; --info-bed: #12222e;
}
.sb-heading {
  font-size: 15px; font-weight: 700; margin: 12px 0 6px; color: var(--ink);
}
.sb-line { margin: 4px 0; }
.sb-soft { color: var(--soft); }
.sb-note {
  border-left: 3px solid var(--line); padding: 6px 10px; margin: 6px 0; background: var(--sheet);
}
.sb-note-good { border-color: var(--good); background: var(--good-bed); }
.sb-note-warn { border-color: var(--warn); background: var(--warn-bed); }
.sb-note-bad { border-color: var(--bad); background: var(--bad-bed); }
.sb-note-info { border-color: var(--link); background: var(--info-bed); }
.sb-badge {
  font-weight: 700; white-space: nowrap; color: var(--soft);
}
.sb-badge-good { color: var(--good); }
.sb-badge-warn { color: var(--warn); }
.sb-badge-bad { color: var(--bad); }
.sb-badge-info { color: var(--link); }
.sb-table {
  border-collapse: collapse; width: 100%; margin: 4px 0 8px;
}
.sb-head {
  text-align: left; color: var(--soft); font-weight: 700; border-bottom: 2px solid var(--line);
  padding: 4px 10px 4px 0; vertical-align: bottom; white-space: nowrap;
}
.sb-cell {
  border-bottom: 1px solid var(--line); padding: 5px 10px 5px 0; vertical-align: top;
  color: var(--ink);
}
.sb-list { margin: 2px 0 6px; padding-left: 18px; }
.sb-item { margin: 2px 0; }
.sb-form {
  margin: 6px 0; display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: flex-end;
}
.sb-field {
  display: inline-flex; flex-direction: column; gap: 2px; color: var(--soft);
}
.sb-tick {
  display: inline-flex; gap: 6px; color: var(--ink);
}
.sb-input {
  color: var(--ink); background: var(--sheet); border: 1px solid var(--line); border-radius: 2px;
  padding: 4px 6px; min-width: 150px;
}
.sb-area {
  color: var(--ink); background: var(--sheet); border: 1px solid var(--line); border-radius: 2px;
  padding: 6px; width: 100%; min-width: 320px; min-height: 110px; font-family: monospace;
}
.sb-go {
  color: var(--link); cursor: pointer; text-decoration: none; white-space: nowrap;
}
.sb-go:hover { text-decoration: underline; }
.sb-row {
  display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: baseline; margin: 4px 0;
}
.sb-code { font-family: monospace; font-size: 12px; }
.sb-bar {
  display: inline-block; vertical-align: middle; width: 120px; height: 8px;
}
.sb-bar-bed { fill: var(--line); }
.sb-bar-done { fill: var(--link); }
"""
)
"""The rules; :is() is known to every browser the console takes."""
