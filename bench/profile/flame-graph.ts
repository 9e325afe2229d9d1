import type { CallTree } from './call-tree.ts';

/** Narrower parts are not drawn. */
const SHARE_MIN = 0.001;

interface Frame {
  readonly text: string;
  readonly ms: number;
  readonly children: readonly Frame[];
}

/** A page without parts of its own elsewhere: the widest functions at the bottom of the call stack come first. */
export function flameGraph(title: string, root: CallTree): string {
  const data = JSON.stringify(frameOf(root, root.totalMs * SHARE_MIN)).replaceAll('<', '\\u003c');
  const heading = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return PAGE.replace('TITLE', () => heading)
    .replace('HEADING', () => heading)
    .replace('DATA', () => data);
}

function frameOf({ name, place, totalMs, children }: CallTree, msMin: number): Frame {
  return {
    text: place === '' ? name : `${name} ${place}`,
    ms: Math.round(totalMs * 100) / 100,
    children: [...children.values()]
      .filter((child) => child.totalMs >= msMin)
      .sort((a, b) => b.totalMs - a.totalMs)
      .map((child) => frameOf(child, msMin)),
  };
}

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>TITLE</title>
<style>
  body { font: 12px system-ui, sans-serif; margin: 12px; }
  #graph { position: relative; }
  #graph div { position: absolute; height: 17px; line-height: 17px; overflow: hidden; white-space: nowrap;
    box-sizing: border-box; border: 1px solid #fff; border-radius: 2px; cursor: pointer; padding: 0 3px; }
  #graph div:hover { filter: brightness(1.1); }
</style>
<h1 style="font-size: 15px">HEADING</h1>
<p>Width is CPU time. Click a function to see only what it calls; click the top row to go back.</p>
<div id="graph"></div>
<script>
  const root = DATA;
  const graph = document.getElementById('graph');
  const hue = (text) => { let h = 0; for (const c of text) h = (h * 31 + c.codePointAt(0)) % 360; return h; };
  const fileOf = (text) => text.replace(/^.* /, '').replace(/:\\d+$/, '');
  function draw(top, parents) {
    graph.replaceChildren();
    let rows = 0;
    const add = (frame, row, left, width, path) => {
      if (width < 0.02) return;
      rows = Math.max(rows, row + 1);
      const box = document.createElement('div');
      const share = (100 * frame.ms / root.ms).toFixed(1);
      box.textContent = frame.text;
      box.title = frame.text + '\\n' + frame.ms + ' ms, ' + share + ' %';
      box.style.cssText = 'left:' + left + '%;width:' + width + '%;top:' + row * 18 + 'px;background:hsl(' + hue(fileOf(frame.text)) + ' 70% 78%)';
      box.onclick = () => frame === top && parents.length > 0 ? draw(parents[0], parents.slice(1)) : draw(frame, path);
      graph.append(box);
      let at = left;
      for (const child of frame.children) {
        const childWidth = width * child.ms / frame.ms;
        add(child, row + 1, at, childWidth, [frame, ...path]);
        at += childWidth;
      }
    };
    add(top, 0, 0, 100, parents);
    graph.style.height = rows * 18 + 'px';
  }
  draw(root, []);
</script>
`;
