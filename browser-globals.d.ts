// What Dash and Plotly put on the window, as far as the page's scripts use it.

interface Window {
  dash_clientside: {
    set_props(id: string, props: Record<string, unknown>): void;
    callback_context: { triggered_id?: string };
    PreventUpdate: unknown;
    analytics: Record<string, (...values: any[]) => void>;
  };
  dash_component_api: { getLayout(id: string): { props: Record<string, any> } | undefined };
  DashRenderer?: new () => unknown;
  Plotly: any;
}
