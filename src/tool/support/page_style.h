/* The beginning of a page in HTML, up to its title, and from there to its first words. */
#ifndef NUDGE_TOOL_PAGE_STYLE_H
#define NUDGE_TOOL_PAGE_STYLE_H

static const char page_html_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";

static const char page_html_style[] =
    "<style>\n"
    ":root{color-scheme:light dark;--ink:#1c1c1a;--soft:#5f5e5a;--paper:#fff;"
    "--rule:#dddcd7;--mark:#0072b2;--bad:#d55e00}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--ink:#e8e6e1;--soft:#a8a69f;"
    "--paper:#1b1b1d;--rule:#3b3b40;--mark:#56b4e9;--bad:#e69f00}}\n"
    "body{font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;"
    "color:var(--ink);background:var(--paper);margin:0}\n"
    "main{max-width:54rem;margin:0 auto;padding:2.2rem 1.2rem 4rem}\n"
    "h1{font-size:1.65rem;line-height:1.25;margin:0 0 1rem;text-wrap:balance}\n"
    "h2{font-size:1.2rem;margin:2.6rem 0 .7rem;padding-top:.9rem;border-top:1px solid "
    "var(--rule)}\n"
    "p{font-size:.95rem}p,ul,dl{margin:.6rem 0}ul{padding-left:1.2rem}li{margin:.3rem 0}\n"
    ".lead{font-size:1.15rem;border-left:.25rem solid var(--mark);padding-left:.9rem}\n"
    ".notes{border-left:.25rem solid var(--bad);padding:.1rem 0 .1rem 1.9rem}\n"
    ".wide{overflow-x:auto;margin:.9rem 0}\n"
    "table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.32rem .7rem;text-align:right;white-space:nowrap;border-bottom:1px solid "
    "var(--rule)}\n"
    "th{color:var(--soft);font-weight:600;border-bottom:1.5px solid var(--soft)}\n"
    "th:first-child,td:first-child{padding-left:0}.key{text-align:left}td.key{font-weight:600}"
    ".range{color:var(--soft)}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;font-size:.92rem}\n"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n"
    "figure{margin:1.6rem 0;overflow-x:auto}svg{display:block;width:100%;min-width:30rem;"
    "max-width:46rem;height:auto;background:#fff;border-radius:4px}\n"
    "figcaption{color:var(--soft);font-size:.9rem;margin-top:.4rem}\n"
    "@media(max-width:34rem){main{padding:1.2rem .9rem 3rem}dl{display:block}"
    "dd{margin:0 0 .6rem}}\n"
    "@page{size:A4;margin:15mm}\n"
    "@media print{:root{font-size:10pt}body{font-size:10pt}main{max-width:none;padding:0}"
    "h2{margin-top:1.4rem;break-after:avoid}figure,.wide,li,dd{break-inside:avoid}"
    ".wide{overflow:visible}th,td{padding:.2rem .5rem}svg{min-width:0;max-height:78mm}}\n"
    "</style>\n</head>\n<body>\n<main>\n";

#endif
