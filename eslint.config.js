import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/vendor/", ".venv/", ".cache/", "docs/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "max-lines": ["error", 300],
      "no-console": "error",
      "no-implicit-coercion": "error",
      "no-param-reassign": "error",
      "no-shadow": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  {
    files: ["src/librechat_analytics/assets/**/*.js", "src/librechat_analytics/web/templates/*.js"],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ["tests/scripts/**/*.js", "eslint.config.js"],
    languageOptions: { globals: { ...globals.node, ...globals.browser, dash_clientside: "writable" } },
  },
];
