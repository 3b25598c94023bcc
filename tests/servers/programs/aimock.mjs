// aimock with the answers of tests/servers/upstreams.py. Arguments: its module, a port.
// It has no list of models for Gemini, Bedrock and Cohere: these come from here, in their documented shapes.
const [module, port] = process.argv.slice(2);
const { LLMock } = await import(module);

const mock = new LLMock({ port: Number(port), host: "127.0.0.1", logLevel: "silent", chunkSize: 4 });
const named = ["lamp"];
const usage = { input_tokens: 11, output_tokens: 7, prompt_tokens: 11, completion_tokens: 7, total_tokens: 18,
  promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 };

const list = (wanted, document) => ({
  async handleRequest(request, response, rest) {
    if (request.method !== "GET" || rest !== "/" || !wanted(request.url)) return false;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(document));
    return true;
  },
});
mock.mount("/v1beta/models", list(() => true, {
  models: named.map((name) => ({ name: `models/${name}`, supportedGenerationMethods: ["generateContent"] })),
}));
mock.mount("/foundation-models", list(() => true, {
  modelSummaries: named.map((name) => ({ modelId: name, modelArn: `arn:${name}`, modelName: name,
    providerName: "lamps", inputModalities: ["TEXT"], outputModalities: ["TEXT"], responseStreamingSupported: true,
    inferenceTypesSupported: ["ON_DEMAND"], modelLifecycle: { status: "ACTIVE" } })),
}));
mock.mount("/inference-profiles", list(() => true, { inferenceProfileSummaries: [] }));
mock.mount("/v1/models", list((url) => url.includes("page_size"), {
  models: named.map((name) => ({ name, endpoints: ["chat"], context_length: 128000 })),
}));

const said = (userMessage) => ({ userMessage, model: "lamp" });
mock.on(said("weather"), { toolCalls: [{ name: "weather", arguments: '{"city":"Bonn"}' }], usage });
mock.on(said("both cities"), { content: "Let me see.", toolCalls: [
  { name: "weather", arguments: '{"city":"Bonn"}' }, { name: "weather", arguments: '{"city":"Köln"}' }], usage });
mock.on(said("as an object"), { content: '{"city": "Bonn"}', usage });
mock.on(said("cut short"), { content: "A sentence that ends before its", finishReason: "length", usage });
mock.on(said("slowly"), { content: "word ".repeat(4000), usage }, { latency: 20 });
mock.on(said("torn"), { content: "word ".repeat(40), usage }, { latency: 5, truncateAfterChunks: 21 });
const refuse = (words, status, type, message) => mock.on(said(words), { error: { message, type }, status });
refuse("limited", 429, "rate_limit_error", "Too many requests.");
refuse("wrong key", 401, "authentication_error", "Incorrect API key provided.");
refuse("too long", 400, "invalid_request_error", "This model's maximum context length is 8192 tokens.");
refuse("no such model", 404, "not_found_error", "The model does not exist.");
refuse("broken", 500, "server_error", "The server had an error.");
refuse("overloaded", 529, "overloaded_error", "Overloaded");
mock.on(said("lamp"), { content: "The lamp is lit — ganz hell.", usage });
await mock.start();
