/** Colours have names; only their values change with light and dark. Letters keep a contrast of 4.5, lines of 3. */
const light = `
--ground:#fbfbf9;--surface:#fff;--sunken:#f3f4f3;--ink:#17202a;--muted:#566270;--rule:#e2e5e7;--edge:#c6ccd1;
--link:#0b5c8a;--fill:#8fbdd8;--fill-calm:#c3cdd4;--fill-strong:#4a97c4;--fill-missed:#e39a8f;--whisker:#17202a;--mark:#c84e00;--heat:#e8814d;
--good:#176b45;--good-soft:#eaf5ef;--warn:#8a5300;--warn-soft:#fdf4e2;--bad:#b02a1c;--bad-soft:#fcefec;--open:#5a4a9c;--open-soft:#f1eff9;--plain:#3f5f78;--plain-soft:#eef3f6;
--series-0:#0072b2;--series-1:#c84e00;--series-2:#00835f;--series-3:#b0508a;--series-4:#7a6100;--series-5:#5a4fcf;--series-6:#8a3b12;--series-7:#5b6570;
--shade:0 1px 2px #1720270d,0 1px 1px #17202708`;

const dark = `
--ground:#0f1316;--surface:#161b20;--sunken:#1c2228;--ink:#e8ecef;--muted:#9ba7b2;--rule:#2a323a;--edge:#46515c;
--link:#7cc1ea;--fill:#2f6a8f;--fill-calm:#46525d;--fill-strong:#3f8fc2;--fill-missed:#a8483d;--whisker:#f2f5f7;--mark:#ffae70;--heat:#ad4717;
--good:#6fd3a1;--good-soft:#12281f;--warn:#f0bd63;--warn-soft:#2b2312;--bad:#ff9d8f;--bad-soft:#311a17;--open:#bcaef5;--open-soft:#211d36;--plain:#a5c3d8;--plain-soft:#18232c;
--series-0:#56b4e9;--series-1:#ff9248;--series-2:#3ccb9b;--series-3:#e69cc6;--series-4:#dcbc3c;--series-5:#ab9ff5;--series-6:#d9936b;--series-7:#a9b3bd;
--shade:none`;

const page = `
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:1.5rem}
body{margin:0 auto;max-width:1220px;padding:0 28px 64px;display:grid;grid-template-columns:minmax(0,1fr);background:var(--ground);color:var(--ink);font:16px/1.55 -apple-system,"Segoe UI Variable Text","Segoe UI",Inter,Roboto,"Noto Sans",Ubuntu,Cantarell,"Helvetica Neue","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums;text-rendering:optimizeLegibility}
h1,h2,h3,p,ul,dl,dd,figure{margin:0;padding:0}
ul{list-style:none}
a{color:var(--link);text-underline-offset:.2em;text-decoration-thickness:1px}
:focus-visible{outline:2px solid var(--link);outline-offset:3px;border-radius:4px}
main:focus{outline:none}
code,pre,.ids{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875em}
small{font-size:.8125rem;color:var(--muted);font-weight:400}
bdi,p,dd,pre{overflow-wrap:anywhere}
.unseen{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px}
.skip:focus{left:16px;top:12px;background:var(--surface);padding:6px 12px;z-index:2}
header{padding:44px 0 26px}
.over{display:flex;align-items:center;gap:.5rem;font-size:.875rem;font-weight:600;letter-spacing:.01em}
.over .quiet{color:var(--muted);font-weight:400}
.logo{width:22px;fill:none;stroke:var(--link);stroke-width:2;stroke-linecap:round}
h1{font-size:clamp(1.75rem,1.2rem + 2.2vw,2.5rem);line-height:1.15;letter-spacing:-.022em;font-weight:680;margin-top:14px;text-wrap:balance}
.under{color:var(--muted);margin-top:8px}
h2{font-size:1.4375rem;line-height:1.25;letter-spacing:-.014em;font-weight:660}
h3{font-size:1.1875rem;line-height:1.3;letter-spacing:-.008em;font-weight:650}
main>section,.scenario>section{margin-top:60px}
.scenario>section{margin-top:44px}
main>.scenario{margin-top:84px;padding-top:36px;border-top:1px solid var(--edge)}
.lead{color:var(--muted);max-width:70ch;margin:6px 0 18px;text-wrap:pretty}
.note{color:var(--muted);margin:10px 0;font-size:.9375rem}
.label{font-weight:620;font-size:.9375rem;margin-bottom:8px}
nav ul{display:flex;gap:4px 18px;flex-wrap:wrap;font-size:.875rem;padding:10px 0;border-block:1px solid var(--rule)}
nav a{color:var(--muted);text-decoration:none;display:inline-block;padding:3px 0}
nav a:hover{color:var(--ink);text-decoration:underline}
main{padding-top:28px}
footer{margin-top:72px;padding-top:18px;border-top:1px solid var(--rule);color:var(--muted);font-size:.875rem}
@media (min-width:1060px){
body{grid-template-columns:188px minmax(0,1fr);column-gap:52px}
header,footer{grid-column:1/-1}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:28px 4px}
nav ul{display:block;border:0;padding:0}
nav li{border-left:2px solid var(--rule);padding:2px 0 2px 14px}
nav li:hover{border-color:var(--link)}
}`;

const status = `
.tone-good{--tone:var(--good);--soft:var(--good-soft)}.tone-warn{--tone:var(--warn);--soft:var(--warn-soft)}.tone-bad,.tone-fail{--tone:var(--bad);--soft:var(--bad-soft)}
.tone-open{--tone:var(--open);--soft:var(--open-soft)}.tone-plain{--tone:var(--plain);--soft:var(--plain-soft)}
.icon{width:1em;height:1em;flex:none;fill:var(--tone);vertical-align:-.125em}
.icon .cut{fill:none;stroke:var(--surface);stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
.badge{display:inline-flex;align-items:center;gap:.4em;color:var(--tone);font-weight:620;white-space:nowrap}
.word{color:var(--tone)}
.shape{display:inline-flex}
.verdict{border:1px solid var(--rule);border-radius:14px;background:var(--surface);box-shadow:var(--shade);overflow:hidden}
.said-verdict{display:grid;grid-template-columns:auto minmax(0,1fr);gap:18px;padding:26px 28px;background:var(--soft)}
.said-verdict .shape .icon{width:38px;height:38px;margin-top:1px}
.said-verdict .icon .cut{stroke:var(--soft)}
.said-verdict .word{font-size:1.625rem;line-height:1.5;font-weight:680;letter-spacing:-.015em}
.sentence{max-width:68ch;margin-top:4px;text-wrap:pretty}
.caveat{font-size:.875rem;color:var(--muted);margin-top:8px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(168px,1fr));gap:1px;background:var(--rule);border-top:1px solid var(--rule)}
.tile{background:var(--surface);padding:20px 28px 22px}
.tile dt{font-size:.875rem;color:var(--muted)}
.tile .figure{display:block;font-size:1.75rem;line-height:1.3;font-weight:660;letter-spacing:-.02em;margin:2px 0 6px}
.tile .below{display:block;font-size:.8125rem;color:var(--muted);margin-top:6px}
.tile .bar{margin:8px 0}
.checks{display:grid;gap:12px}
.checks li{display:grid;grid-template-columns:auto minmax(0,1fr);gap:12px;padding:14px 18px;border:1px solid var(--rule);border-radius:10px;background:var(--surface)}
.checks .icon{width:18px;height:18px;margin-top:3px}
.checks b{font-weight:620}
.checks p+p{color:var(--muted);margin-top:2px}
.checks.quiet{gap:0}
.checks.quiet li{border:0;border-radius:0;padding:9px 0;background:none;font-size:.9375rem}
.checks+.folded{margin-top:16px}`;

const figures = `
.verdict+.scroll,.checks+.scroll,.scroll+.scroll{margin-top:24px}
.scroll+.lead{margin-top:26px}
.scroll+figure{margin-top:28px}
.under+.verdict{margin-top:18px}
.scroll{overflow-x:auto;overscroll-behavior-x:contain}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th{text-align:left;font-weight:500}
thead th{font-size:.8125rem;color:var(--muted);font-weight:500;vertical-align:bottom;padding:0 0 8px 20px;white-space:nowrap}
tbody th,td{padding:9px 0 9px 20px;border-top:1px solid var(--rule)}
td,thead th{text-align:right;white-space:nowrap}
th:first-child{padding-left:2px;text-align:left}
td:last-child,thead th:last-child{padding-right:2px}
.member{padding-left:18px;color:var(--muted)}
td small{display:block}
th small{display:block}
.bars tbody th{min-width:130px}
.bars td:has(.bar){width:44%;min-width:150px}
.bars td{color:var(--muted)}.bars td b{color:var(--ink);font-weight:640}
.bars .strong th,.bars .strong td b{font-weight:700}
.bars .strong th,.bars .strong td{border-top-color:var(--edge)}
.gates td:nth-child(2),.gates thead th:nth-child(2){text-align:left;white-space:normal}
.gates td:has(.bar){width:26%}
.changes td:has(.bar){width:34%}
.words td{text-align:left;white-space:normal}.words thead th{text-align:left}
.bar{position:relative;display:block;height:12px;border-radius:3px;background:var(--sunken);print-color-adjust:exact;-webkit-print-color-adjust:exact}
.bar i{position:absolute;top:0;bottom:0;display:block}
.bar .fill{background:var(--fill);border-radius:3px;min-width:1px}
.bar.calm .fill{background:var(--fill-calm)}.bar.strong .fill{background:var(--fill-strong)}.bar.missed .fill{background:var(--fill-missed)}
.whisker{top:50%!important;bottom:auto!important;height:2px;margin-top:-1px;background:var(--whisker);min-width:2px}
.whisker::before,.whisker::after{content:"";position:absolute;top:-4px;height:10px;width:2px;background:var(--whisker)}
.whisker::before{left:0}.whisker::after{right:0}
.bar .mark{width:10px;height:10px;top:1px;bottom:auto;margin-left:-5px;background:var(--mark);transform:rotate(45deg) scale(.82);box-shadow:0 0 0 2px var(--surface)}
.bar .threshold{width:0;top:-6px;bottom:-6px;margin-left:-1px;border-left:2px dashed var(--ink)}
.bar .zero{width:1px;top:-6px;bottom:-6px;background:var(--edge)}
.key{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:.8125rem;color:var(--muted);margin:0 0 14px}
.key span{display:inline-flex;align-items:center;gap:8px}
.key i{display:inline-block}
.key-fill{width:20px;height:10px;border-radius:3px;background:var(--fill)}
.key-whisker{width:20px;height:8px;border-inline:2px solid var(--whisker);background:linear-gradient(var(--whisker),var(--whisker)) center/100% 2px no-repeat}
.key-mark{width:8px;height:8px;background:var(--mark);transform:rotate(45deg)}
.chart{border:1px solid var(--rule);border-radius:12px;background:var(--surface);padding:14px 10px 4px}
.chart svg{display:block;width:100%;height:auto}
.chart .narrow{display:none}
@media (max-width:620px){.chart .wide{display:none}.chart .narrow{display:block}}
.legend{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:.875rem;margin:12px 2px 0}
.legend li{display:inline-flex;align-items:center;gap:8px}
.legend svg{width:28px;height:12px;flex:none}
.heat,.matrix{border-spacing:3px;border-collapse:separate}
.heat td,.matrix td,.heat tbody th,.matrix tbody th{border:0;padding:0}
.heat tbody th,.matrix tbody th{padding-right:14px;white-space:nowrap;max-width:220px;overflow:hidden;text-overflow:ellipsis}
.heat thead th,.matrix thead th{padding:0 4px 4px;text-align:center}
.heat thead th:first-child,.matrix thead th:first-child{text-align:left;padding-left:2px}
.heat td:nth-child(2){color:var(--muted);padding-right:12px}
.cell,.right,.none{display:block;text-align:center;border-radius:5px;padding:6px 10px;background:color-mix(in oklab,var(--heat) calc(var(--share,0%)*.86),var(--sunken));print-color-adjust:exact;-webkit-print-color-adjust:exact}
.figures .cell{display:inline-block;min-width:64px}
.matrix{width:auto;min-width:min(100%,560px)}
.matrix .cell,.matrix .right,.matrix .none{padding:6px 4px;min-width:38px}
.right{background:none;box-shadow:inset 0 0 0 1px var(--edge);font-weight:620}
.none{background:none;color:var(--muted)}
.upright{display:inline-block;writing-mode:vertical-rl;transform:rotate(180deg);max-height:130px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.folded{margin-top:14px}
.folded+.folded{margin-top:4px}
summary{cursor:pointer;display:flex;width:fit-content;align-items:center;gap:8px;color:var(--muted);font-size:.9375rem;padding:4px 6px 4px 0;border-radius:6px;list-style:none}
summary::-webkit-details-marker{display:none}
summary::before{content:"";width:7px;height:7px;border-right:2px solid;border-bottom:2px solid;transform:rotate(-45deg);margin:0 6px 0 3px;transition:transform .12s}
details[open]>summary::before{transform:rotate(45deg)}
summary:hover{color:var(--ink)}
.folded>div{padding:10px 0 8px}
.ids{color:var(--muted);line-height:1.8;overflow-wrap:anywhere}`;

const examples = `
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(268px,1fr));gap:18px}
.card{height:100%;border:1px solid var(--rule);border-radius:12px;background:var(--surface);box-shadow:var(--shade);overflow:hidden;break-inside:avoid}
.pictures{display:grid;grid-template-columns:repeat(3,1fr);gap:1px;background:var(--rule)}
.pictures div{background:var(--sunken);text-align:center}
.pictures img{display:block;width:100%;height:auto;aspect-ratio:1;object-fit:contain}
.pixels{image-rendering:pixelated}
.pictures span{display:block;font-size:.75rem;color:var(--muted);padding:3px 0 4px;background:var(--surface)}
figcaption{padding:12px 14px 13px}
.change{display:flex;gap:10px;align-items:baseline;line-height:1.35}
.said b{display:block;font-weight:620}
.said span{font-size:.8125rem;color:var(--muted)}
.arrow{color:var(--muted)}
.about{display:flex;flex-wrap:wrap;gap:0 12px;font-size:.8125rem;color:var(--muted);margin-top:8px}
.tag{background:var(--bad-soft);color:var(--bad);border-radius:4px;padding:0 6px;font-weight:600}
.card table{margin-top:10px;font-size:.8125rem}
.card tbody th,.card td{padding-block:4px}
.fact-groups{display:grid;grid-template-columns:repeat(auto-fit,minmax(330px,1fr));gap:28px 44px;margin:26px 0 14px}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:0 20px;font-size:.9375rem}
.facts dt,.facts dd{padding:7px 0;border-top:1px solid var(--rule);overflow-wrap:anywhere}
.facts dt{color:var(--muted)}
.pair{display:grid;gap:24px}
pre{margin:0;padding:16px 18px;border-radius:10px;background:var(--sunken);white-space:pre-wrap;overflow-wrap:anywhere;user-select:all;line-height:1.6}`;

const narrow = `
@media (max-width:620px){
body{padding:0 18px 48px}
header{padding:28px 0 20px}
.said-verdict{grid-template-columns:minmax(0,1fr);gap:8px;padding:20px}
.tiles{grid-template-columns:1fr 1fr}
.tile{padding:16px 20px}
main>section{margin-top:48px}
.bars thead{display:none}
.bars,.bars tbody{display:block}
.bars tr{display:flex;flex-wrap:wrap;gap:2px 14px;padding:12px 2px;border-top:1px solid var(--rule);align-items:baseline}
.bars tbody th,.bars td{border:0;padding:0;width:auto!important;min-width:0!important;text-align:left}
.bars tbody th{flex:1 0 100%}
.bars td:has(.bar){flex:1 0 100%;padding:8px 0 6px}
.bars td[data-title]:not(:has(.badge))::before{content:attr(data-title) " ";font-size:.8125rem;color:var(--muted);font-weight:400}
.bars td:empty{display:none}
.fact-groups{grid-template-columns:minmax(0,1fr)}
.facts{gap:0 14px}
}`;

const print = `
@media print{
@page{margin:16mm 14mm}
html{scroll-behavior:auto}
body{display:block;max-width:none;padding:0;font-size:11pt;background:#fff}
header{padding-top:0}
nav,.skip{display:none}
main>section{margin-top:26pt}
h2,h3,.lead{break-after:avoid}
.verdict,.checks li,.chart,tr,.fact-group{break-inside:avoid}
.verdict,.card{box-shadow:none}
.said-verdict,.cell,.key i,.tag,.bar i,.tiles{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.gallery{grid-template-columns:repeat(3,1fr);gap:10pt}
.scroll{overflow:visible}
thead th,tbody th,td,.heat tbody th,.matrix tbody th{white-space:normal;overflow-wrap:anywhere}
.bars td,.figures:not(.words) td{white-space:nowrap}
summary::before{display:none}
details::details-content{content-visibility:visible!important;display:block!important}
a{color:inherit;text-decoration:none}
}`;

/** All of the page's looks. Paper is light. */
export const style = `:root{color-scheme:light dark;${light}}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}
@media print{:root{color-scheme:light}}
${[page, status, figures, examples, narrow, print].join('\n')}
@media (prefers-reduced-motion:reduce){*{scroll-behavior:auto!important;transition:none!important}}`;
