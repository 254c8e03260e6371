import jsdoc from "eslint-plugin-jsdoc";
import hooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const SCRIPT_GLOBALS = {
  process: "readonly",
  console: "readonly",
  URL: "readonly",
  Buffer: "readonly",
  fetch: "readonly",
};

export default defineConfig(
  globalIgnores(["dist", "public", ".cache", "runs", "coverage", "**/*.cjs", "eslint.config.js"]),
  tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      complexity: ["error", { max: 12, variant: "modified" }],
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 4],
      "no-console": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["src/core/**"],
    rules: {
      "no-restricted-globals": ["error", "performance", "fetch", "setTimeout", "setInterval", "crypto", "process"],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Use the injected Random." },
        { object: "Date", property: "now", message: "Use the injected Clock." },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "NewExpression[callee.name='Date']", message: "Use the injected Clock." },
      ],
    },
  },
  {
    files: ["src/core/**", "src/model/**", "src/protocol/**", "src/storage/**"],
    plugins: { jsdoc },
    rules: {
      "jsdoc/require-jsdoc": [
        "error",
        {
          publicOnly: true,
          require: { FunctionDeclaration: true, ClassDeclaration: true, ArrowFunctionExpression: true },
          contexts: ["TSInterfaceDeclaration", "TSTypeAliasDeclaration"],
          enableFixer: false,
        },
      ],
    },
  },
  { files: ["src/ui/**"], ...hooks.configs.flat["recommended-latest"] },
  {
    files: ["src/ui/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Never render HTML: show text." },
      ],
    },
  },
  { files: ["scripts/**"], languageOptions: { globals: SCRIPT_GLOBALS }, rules: { "no-console": "off" } },
  {
    files: ["test/**"],
    rules: {
      "max-lines-per-function": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-empty-function": "off",
    },
  },
);
