// Renders a Vega-Lite specification: node render-chart.mjs chart.vl.json chart.svg chart.png
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import * as vegaLite from 'vega-lite';

const [specificationPath, svgPath, pngPath] = process.argv.slice(2);
const specification = JSON.parse(readFileSync(specificationPath, 'utf8'));
const view = new vega.View(vega.parse(vegaLite.compile(specification).spec), { renderer: 'none' });
const svg = await view.toSVG();
writeFileSync(svgPath, svg);

// The fonts come with the packages: the picture is the same on every machine.
const fonts = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
const png = new Resvg(svg, {
  fitTo: { mode: 'zoom', value: 2 },
  font: {
    loadSystemFonts: false,
    fontFiles: ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => join(fonts, file)),
    defaultFontFamily: 'DejaVu Sans',
  },
}).render().asPng();
writeFileSync(pngPath, png);
