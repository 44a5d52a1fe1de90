import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { inProject, root } from '../lib/project.mjs';
import { LAYERS, TEST_EXTRAS } from './layer-table.mjs';
import { missingRoom, wallBetween } from './rooms.mjs';

/** Packages that are installed wherever Wirewatch runs, unlike development packages. */
const RUNTIME_PACKAGES = Object.keys(
  JSON.parse(readFileSync(inProject('package.json'), 'utf8')).dependencies,
);

/**
 * Checks every import against the tables of layers and rooms: static, dynamic, `export from`, types and
 * `import x = require`.
 */
export const layersRule = {
  meta: {
    type: 'problem',
    docs: { description: 'keep the layers apart' },
    schema: [],
    messages: {
      forbidden: 'The {{layer}} layer may not import {{what}}.',
      wall: 'The room {{from}} may not import from {{to}}.',
      roomless: '{{room}} is missing in scripts/lint/room-table.mjs.',
    },
  },
  create(context) {
    const file = toPosix(relative(root, context.filename));
    const layer = LAYERS.find(({ files }) => files.some((prefix) => file.startsWith(prefix)));
    if (!layer) return {};
    const isTest = isForTests(file);

    function check(source) {
      const specifier = textOf(source);
      if (specifier === null) return;
      if (!isAllowed(specifier, file, layer, isTest)) {
        report(source, 'forbidden', { layer: layer.name, what: `"${specifier}"` });
        return;
      }
      const target = targetOf(specifier, file);
      const wall = isTest || target === null ? null : wallBetween(file, target);
      if (wall !== null) report(source, 'wall', wall);
    }

    function report(node, messageId, data) {
      context.report({ node, messageId, data });
    }

    return {
      Program(node) {
        const room = isTest ? null : missingRoom(file);
        if (room !== null) report(node, 'roomless', { room });
      },
      ImportDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
      TSExternalModuleReference: (node) => check(node.expression),
      CallExpression(node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') check(node.arguments[0]);
      },
    };
  },
};

function isAllowed(specifier, file, layer, isTest) {
  if (layer.forbidden?.includes(specifier)) return false;
  if (isBuiltin(specifier)) return layer.builtins || (isTest && layer.testBuiltins === true);
  const target = targetOf(specifier, file);
  if (target !== null) {
    const own = isTest ? [...layer.own, ...TEST_EXTRAS.own] : layer.own;
    if (!isTest && isForTests(target)) return false;
    if (layer.not?.some((prefix) => target.startsWith(prefix))) return false;
    return own.some((prefix) => target.startsWith(prefix));
  }
  const name = packageOf(specifier);
  if (isTest && TEST_EXTRAS.packages.includes(name)) return true;
  if (layer.packages === true) return RUNTIME_PACKAGES.includes(name) || !!layer.reserved?.includes(name);
  return layer.packages.includes(name);
}

/** Whether a file is a test, or support code in a folder called `testing`. */
function isForTests(path) {
  return /\.test(\.ts)?$/.test(path) || path.split('/').includes('testing');
}

/** Returns the name in an import, if it is a literal; null if it is computed at run time. */
function textOf(source) {
  if (source?.type === 'Literal' && typeof source.value === 'string') return source.value;
  if (source?.type === 'TemplateLiteral' && source.expressions.length === 0)
    return source.quasis[0].value.cooked;
  return null;
}

/** Returns the project's file that an import refers to, from the root; null for a package. */
function targetOf(specifier, file) {
  const path = specifier.split('?')[0];
  if (path.startsWith('@shared/')) return `src/shared/${path.slice('@shared/'.length)}`;
  if (!path.startsWith('.')) return null;
  return toPosix(relative(root, resolve(join(root, dirname(file)), path)));
}

function packageOf(specifier) {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

function toPosix(path) {
  return path.split(sep).join('/');
}
