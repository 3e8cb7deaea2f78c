/// The look of a report's page: two sets of colours, by what the reader's system asks for.
enum HTMLStyle {
    static let text = """
        :root{color-scheme:light dark;--ground:#fbfaf7;--card:#fff;--ink:#1c1d21;--soft:#5f6470;--line:#e4e2dc;--base:#9aa0ad;\
        --single:#4c7fd6;--mix:#1f9d8b;--oracle:#8a62c9;--router:#e08a2c;--good:#1b8a4f;--bad:#c8402f;--heat:#1f9d8b}
        @media(prefers-color-scheme:dark){:root{--ground:#15171c;--card:#1d2027;--ink:#ecebe6;--soft:#9da3b0;--line:#2f333d;\
        --base:#7b8190;--single:#6f9df0;--mix:#3fbfab;--oracle:#ab88e6;--router:#f0a552;--good:#4cc684;--bad:#f07a69;--heat:#2aa593}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:1020px;margin:0 auto;padding:48px 24px 80px}
        h1{font-size:34px;line-height:1.15;letter-spacing:-.02em;margin:0 0 10px}
        h2{font-size:21px;letter-spacing:-.01em;margin:52px 0 14px}
        h3{font-size:16px;margin:0}
        p{margin:0 0 10px}.lead{color:var(--soft);max-width:70ch}.soft{color:var(--soft);font-size:14px}
        .use{background:var(--card);border:1px solid var(--line);border-left:5px solid var(--mix);border-radius:10px;padding:18px 22px;\
        font-size:18px;margin:26px 0 0}
        .use p:last-child{margin:0}
        ul.finds{list-style:none;padding:0;margin:0;display:grid;gap:8px}
        ul.finds li{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 14px 10px 40px;position:relative}
        ul.finds li::before{position:absolute;left:14px;font-weight:700}
        li.gain::before{content:"▲";color:var(--good)}li.loss::before{content:"▼";color:var(--bad)}
        li.level::before{content:"=";color:var(--soft)}li.note::before{content:"i";color:var(--soft)}
        .scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:10px}
        table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
        th,td{padding:7px 12px;text-align:right;border-bottom:1px solid var(--line);vertical-align:top}
        th:first-child,td:first-child{text-align:left;white-space:nowrap}
        thead th{font-weight:600;color:var(--soft)}tbody tr:last-child td{border-bottom:0}
        td.heat{background:color-mix(in srgb,var(--heat) calc(var(--p)*.55),transparent);white-space:nowrap}
        td.best{font-weight:700}td small{color:var(--soft);font-weight:400}td.heat small{color:inherit;opacity:.75}\
        .many td small{display:block}
        .scroll+.task{margin-top:18px}
        .task{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;margin:0 0 18px}
        .task>svg{width:100%;height:auto;display:block;margin:8px 0 2px}
        .panels{display:flex;justify-content:space-between;color:var(--soft);font-size:13px}
        svg text{font:12.5px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
        svg .tick{fill:var(--soft);font-size:11px}svg .value{font-weight:600}
        svg .grid{stroke:var(--line)}svg .axis{stroke:var(--soft)}
        svg .whisker{stroke:var(--ink);stroke-width:1.6;opacity:.75}svg .range{stroke-width:2.6;stroke-linecap:round}
        .base{fill:var(--base);background:var(--base)}.single{fill:var(--single);background:var(--single)}.mix{fill:var(--mix);background:var(--mix)}
        .oracle{fill:var(--oracle);background:var(--oracle)}.router{fill:var(--router);background:var(--router)}
        g.better{fill:var(--good);stroke:var(--good)}g.worse{fill:var(--bad);stroke:var(--bad)}g.level{fill:var(--soft);stroke:var(--soft)}
        .legend{display:flex;flex-wrap:wrap;gap:6px 18px;font-size:13px;color:var(--soft);margin:0 0 14px}
        .legend i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
        details{margin-top:10px}summary{cursor:pointer;color:var(--soft);font-size:14px}
        details .scroll{margin-top:10px}
        .reply td{text-align:left;white-space:pre-wrap;overflow-wrap:anywhere}.reply td:first-child{color:var(--soft)}
        .prompt{font-weight:600;margin:14px 0 6px;white-space:pre-wrap;overflow-wrap:anywhere}
        footer{margin-top:56px;color:var(--soft);font-size:13px;overflow-wrap:anywhere}
        @media print{.task{break-inside:avoid}}
        """
}
