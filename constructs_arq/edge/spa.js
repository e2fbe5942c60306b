// A single-page application's routes are not files: each is served the page that knows them.
// What has an extension is a file, and what lies under /.well-known/ is one without.
function handler(event) {
  const request = event.request;
  const name = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (!name.includes('.') && !request.uri.startsWith('/.well-known/')) {
    request.uri = '/index.html';
  }
  return request;
}
