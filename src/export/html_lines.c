/* Pages for a browser: what they have in common. */
#include "export/html_lines.h"

const nu_lines nu_html_head[] = {
    {0, 0,
     "<!DOCTYPE html>\n"
     "<html lang=\"en\">\n"
     "<head>\n"
     "<meta charset=\"utf-8\">\n"
     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
     "<title>Prediction</title>\n"
     "<style>\n"
     ":root {\n"
     "  color-scheme: light dark;\n"
     "  --paper: #fff; --ink: #1d2125; --soft: #5d656e; --line: #cfd5db; --wash: #f3f5f8; "
     "--bar: #2a6ac0;\n"
     "}\n"
     "@media (prefers-color-scheme: dark) {\n"
     "  :root {\n"
     "    --paper: #15181c; --ink: #e7eaed; --soft: #a0a8b1; --line: #3b424a; --wash: #1f242a; "
     "--bar: #6aa5ec;\n"
     "  }\n"
     "}\n"
     "* { box-sizing: border-box; }\n"
     "body {\n"
     "  margin: 0 auto; padding: 1.5rem; max-width: 70rem;\n"
     "  background: var(--paper); color: var(--ink); font: 1rem/1.45 system-ui, sans-serif;\n"
     "}\n"
     "h1 { margin: 0; font-size: 1.6rem; overflow-wrap: anywhere; }\n"
     "p { margin: 0.3rem 0 1.2rem; color: var(--soft); }\n"
     "main { display: grid; grid-template-columns: minmax(0, 1fr) 21rem; gap: 1.5rem; "
     "align-items: start; }\n"
     "form { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), "
     "1fr)); gap: 1rem 1.5rem; }\n"
     ".field { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: center; }\n"
     ".field label { flex: 100%; font-weight: 600; overflow-wrap: anywhere; }\n"
     "input, select, button {\n"
     "  min-width: 0; min-height: 2.4rem; padding: 0.3rem 0.6rem; accent-color: var(--bar);\n"
     "  border: 1px solid var(--line); border-radius: 0.4rem; background: var(--wash); color: "
     "inherit; font: inherit;\n"
     "}\n"
     "select, input { flex: 1; }\n"
     "input[type=number] { flex: 0 1 8rem; }\n"
     "input[type=range] { padding: 0; border: 0; background: none; }\n"
     ":invalid { border-color: #d33; }\n"
     ":focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }\n"
     "section { position: sticky; top: 1rem; padding: 1.2rem; border-radius: 0.6rem; "
     "background: var(--wash); }\n"
     "section h2 { margin: 0; font-size: 1rem; font-weight: 400; color: var(--soft); }\n"
     "output { display: block; margin-bottom: 0.6rem; font-size: 2rem; font-weight: 700; "
     "overflow-wrap: anywhere; }\n"
     "output.wrong { font-size: 1rem; font-weight: 400; }\n"
     "ol { margin: 0; padding: 0; list-style: none; }\n"
     "li { display: grid; grid-template-columns: 1fr auto; gap: 0.1rem 1rem; margin-top: "
     "0.6rem; overflow-wrap: anywhere; }\n"
     "li data { font-variant-numeric: tabular-nums; }\n"
     ".bar { grid-column: 1 / -1; height: 0.5rem; border-radius: 0.25rem; background: "
     "var(--line); overflow: hidden; }\n"
     ".bar div { height: 100%; background: var(--bar); }\n"
     "@media (max-width: 50rem) {\n"
     "  body { padding: 1rem; }\n"
     "  main { grid-template-columns: minmax(0, 1fr); }\n"
     "  section { top: auto; bottom: 0; max-height: 45vh; overflow: auto; border: 1px solid "
     "var(--line); }\n"
     "}\n"
     ".picture { grid-column: 1 / -1; max-width: 24rem; }\n"
     "canvas {\n"
     "  width: 100%; border: 1px solid var(--line); border-radius: 0.4rem;\n"
     "  background: #000; image-rendering: pixelated; touch-action: none; cursor: crosshair;\n"
     "}\n"
     "</style>\n"
     "</head>\n"
     "<body>\n"
     "<h1></h1>\n"
     "<p>What a trained network makes of these values, computed in this page: nothing is sent "
     "anywhere.</p>\n"
     "<main>\n"
     "<form autocomplete=\"off\"></form>\n"
     "<section aria-live=\"polite\"><h2>Prediction</h2><output></output><ol></ol></section>\n"
     "</main>\n"
     "<noscript>This page computes with JavaScript, which is off.</noscript>\n"
     "<script>\n"},
    {0, 0, NULL},
};

const nu_lines nu_html_start[] = {
    {0, 0,
     "\n"
     "const form = document.querySelector('form'), output = document.querySelector('output');\n"
     "const list = document.querySelector('ol');\n"
     "const make = (parent, tag, properties) =>\n"
     "  parent.appendChild(Object.assign(document.createElement(tag), properties));\n"
     "const shown = v => String(Number(v.toPrecision(6)));\n"
     "document.title = targets.map(target => target.name).join(', ');\n"
     "document.querySelector('h1').textContent = document.title;\n"},
    {0, 0, NULL},
};

const nu_lines nu_html_fields[] = {
    {0, NU_RECORDS,
     "const columns = ranges.map((_, j) => ({name: `${letter}${j + 1}`}));\n"},
    {0, 0,
     "\n"
     "// The field of a column in its box: its value is the cell of a row.\n"
     "function makeField(box, column, j) {\n"
     "  const id = `column${j}`, [start, step, low, high] = ranges[j];\n"
     "  make(box, 'label', {htmlFor: id, textContent: column.name});\n"},
    {NU_CATEGORIES, 0,
     "  if (column.categories) {\n"
     "    const select = make(box, 'select', {id});\n"
     "    for (const text of column.categories) make(select, 'option', {value: text, "
     "textContent: text});\n"
     "    make(select, 'option', {value: '', textContent: column.other ? '(empty)' : '(empty or "
     "another)'});\n"
     "    if (column.other) make(select, 'option', {value: '\\0', textContent: '(another)'}); "
     "// never a text\n"
     "    return select;\n"
     "  }\n"},
    {0, 0,
     "  const required = column.fill === undefined, placeholder = 'empty';\n"},
    {NU_DATES, 0,
     "  if (column.date) {\n"
     "    const value = new Date(start * 864e5).toISOString().slice(0, step === 1 ? 10 : 16);\n"
     "    return make(box, 'input', {id, required, type: step === 1 ? 'date' : "
     "'datetime-local', value});\n"
     "  }\n"},
    {0, 0,
     "  const input = make(box, 'input', {id, required, placeholder, type: 'number', step: "
     "'any', value: start});\n"
     "  if (low < high) {\n"
     "    const slider = make(box, 'input', {type: 'range', min: low, max: high, step, value: "
     "start});\n"
     "    slider.setAttribute('aria-label', `${column.name}, from ${low} to ${high}`);\n"
     "    slider.oninput = () => { input.value = slider.value; };\n"
     "    input.oninput = () => { if (input.value !== '') slider.value = input.value; };\n"
     "  }\n"
     "  return input;\n"
     "}\n"
     "\n"
     "const fields = columns.map((column, j) => makeField(make(form, 'div', {className: "
     "'field'}), column, j));\n"
     "const wrong = () => fields.findIndex(field => !field.validity.valid);\n"
     "const problem = j => `${columns[j].name}: ${fields[j].validationMessage}`;\n"},
    {NU_RECORDS, 0,
     "const row = () => fields.map(field => field.value);\n"},
    {0, NU_RECORDS,
     "const row = () => fields.map(field => Number(field.value));\n"},
    {0, 0, NULL},
};

const nu_lines nu_html_canvas[] = {
    {0, 0,
     "\n"
     "// A picture to draw: cells of 0 to 255, bright on black.\n"
     "const cells = new Array(height * width).fill(0);\n"
     "const box = make(form, 'div', {className: 'picture'});\n"
     "const canvas = make(box, 'canvas', {width, height, tabIndex: 0});\n"
     "canvas.setAttribute('aria-label', 'Picture: drag to draw; or arrow keys with Shift, "
     "without it they move');\n"
     "const context = canvas.getContext('2d'), pen = {x: width / 2, y: height / 2};\n"
     "const clear = make(box, 'button', {type: 'button', textContent: 'Clear'});\n"
     "\n"
     "// A round, soft dot of a pen as thick as those of MNIST.\n"
     "function dot(x, y) {\n"
     "  for (let i = 0; i < cells.length; i++) {\n"
     "    const away = Math.hypot(i % width + 0.5 - x, Math.floor(i / width) + 0.5 - y);\n"
     "    cells[i] = Math.max(cells[i], Math.round(255 * Math.min(Math.max((1.7 - away * 28 / "
     "height), 0), 1)));\n"
     "  }\n"
     "}\n"
     "\n"
     "function move(x, y, draws) {\n"
     "  const steps = Math.ceil(2 * Math.hypot(x - pen.x, y - pen.y)) || 1;\n"
     "  for (let s = 1; draws && s <= steps; s++)\n"
     "    dot(pen.x + (x - pen.x) * s / steps, pen.y + (y - pen.y) * s / steps);\n"
     "  Object.assign(pen, {x, y});\n"
     "  paint();\n"
     "  update();\n"
     "}\n"
     "\n"
     "function paint() {\n"
     "  cells.forEach((v, i) => {\n"
     "    context.fillStyle = `rgb(${v}, ${v}, ${v})`;\n"
     "    context.fillRect(i % width, Math.floor(i / width), 1, 1);\n"
     "  });\n"
     "  context.fillStyle = 'rgb(100, 160, 255, 0.6)'; // where the pen is\n"
     "  context.fillRect(Math.floor(pen.x), Math.floor(pen.y), 1, 1);\n"
     "}\n"
     "\n"
     "const at = (event, draws) => {\n"
     "  const seen = canvas.getBoundingClientRect();\n"
     "  move((event.clientX - seen.x) / seen.width * width,\n"
     "       (event.clientY - seen.y) / seen.height * height, draws);\n"
     "};\n"
     "canvas.onpointerdown = event => {\n"
     "  canvas.setPointerCapture(event.pointerId);\n"
     "  at(event, false);\n"
     "  at(event, true);\n"
     "};\n"
     "canvas.onpointermove = event => { if (event.buttons) at(event, true); };\n"
     "canvas.onkeydown = event => {\n"
     "  const [x, y] = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: "
     "[0, 1]}[event.key] ?\? [];\n"
     "  if (x === undefined) return;\n"
     "  event.preventDefault();\n"
     "  move(Math.min(Math.max(pen.x + x, 0.5), width - 0.5), Math.min(Math.max(pen.y + y, "
     "0.5), height - 0.5), event.shiftKey);\n"
     "};\n"
     "clear.onclick = () => {\n"
     "  cells.fill(0);\n"
     "  paint();\n"
     "  update();\n"
     "};\n"
     "const wrong = () => cells.some(v => v > 0) ? -1 : 0;\n"
     "const problem = () => 'Draw, large and in the middle.';\n"
     "const row = () => cells;\n"
     "paint();\n"},
    {0, 0, NULL},
};

const nu_lines nu_html_results[] = {
    {0, 0,
     "\n"
     "const put = (parent, value, text) => make(parent, 'data', {value, textContent: text ?\? "
     "shown(value)});\n"
     "function item(name) {\n"
     "  const line = make(list, 'li', {});\n"
     "  make(line, 'span', {textContent: name});\n"
     "  return line;\n"
     "}\n"
     "\n"},
    {NU_CLASSES, 0,
     "// The label, and a bar for each class; of many, for the likeliest.\n"
     "function show(row) {\n"
     "  const p = predictProba(row);\n"
     "  output.textContent = predict(row);\n"
     "  let order = p.map((_, k) => k);\n"
     "  if (p.length > 12) order = order.sort((a, b) => p[b] - p[a]).slice(0, 12);\n"
     "  for (const k of order) {\n"
     "    const line = item(classes[k]);\n"
     "    put(line, p[k], `${(100 * p[k]).toFixed(1)} %`);\n"
     "    make(make(line, 'div', {className: 'bar'}), 'div', {}).style.width = `${100 * "
     "p[k]}%`;\n"
     "  }\n"
     "}\n"},
    {0, NU_CLASSES | NU_SEVERAL,
     "function show(row) {\n"
     "  put(output, predict(row));\n"},
    {NU_SEVERAL, NU_CLASSES,
     "function show(row) {\n"
     "  predict(row).forEach((v, k) => put(item(targets[k].name), v));\n"},
    {NU_INTERVALS, NU_SEVERAL,
     "  const intervals = [predictInterval(row)], of = () => '';\n"},
    {NU_INTERVALS | NU_SEVERAL, 0,
     "  const intervals = predictInterval(row), of = k => `${targets[k].name}: `;\n"},
    {NU_INTERVALS, 0,
     "  intervals.forEach(([low, high], k) => {\n"
     "    const line = item(`${of(k)}${shown(100 * coverage)} % interval`);\n"
     "    const ends = make(line, 'span', {});\n"
     "    put(ends, low);\n"
     "    ends.append(' to ');\n"
     "    put(ends, high);\n"
     "  });\n"},
    {0, NU_CLASSES,
     "}\n"},
    {0, 0,
     "\n"
     "function update() {\n"
     "  const j = wrong();\n"
     "  output.replaceChildren();\n"
     "  list.replaceChildren();\n"
     "  output.className = j < 0 ? '' : 'wrong';\n"
     "  if (j < 0) show(row());\n"
     "  else output.textContent = problem(j);\n"
     "}\n"
     "form.onsubmit = event => event.preventDefault();\n"
     "form.oninput = update;\n"
     "update();\n"
     "</script>\n"
     "</body>\n"
     "</html>\n"},
    {0, 0, NULL},
};
