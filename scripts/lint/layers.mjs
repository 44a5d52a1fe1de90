import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { root } from '../lib/project.mjs';
import { LAYERS, RESERVED_PACKAGES, TEST_EXTRAS } from './layer-table.mjs';

/** Checks every import against the table of layers: static, dynamic, `export from`, types and `import x = require`. */
export const layersRule = {
  meta: {
    type: 'problem',
    docs: { description: 'keep the layers apart' },
    schema: [],
    messages: { forbidden: 'The {{layer}} layer may not import {{what}}.' },
  },
  create(context) {
    const file = toPosix(relative(root, context.filename));
    const layer = LAYERS.find(({ files }) => files.some((prefix) => file.startsWith(prefix)));
    if (!layer) return {};
    const isTest = file.endsWith('.test.ts') || isTestHelper(file);

    function check(source) {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      if (!isAllowed(source.value, file, layer, isTest)) {
        context.report({
          node: source,
          messageId: 'forbidden',
          data: { layer: layer.name, what: `"${source.value}"` },
        });
      }
    }

    return {
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
    if (!isTest && isTestHelper(target)) return false;
    if (layer.not?.some((prefix) => target.startsWith(prefix))) return false;
    return own.some((prefix) => target.startsWith(prefix));
  }
  const name = packageOf(specifier);
  if (isTest && TEST_EXTRAS.packages.includes(name)) return true;
  if (layer.packages === true) return !RESERVED_PACKAGES.includes(name) || !!layer.reserved?.includes(name);
  return layer.packages.includes(name);
}

/** Tests keep what they share in folders of this name beside what they test. */
function isTestHelper(path) {
  return path.includes('/testing/');
}

/** The project's file that an import names, from the root; null for a package. */
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
