// An asset's name contains a hash of its content, so a browser may keep it for a year. A missing or forbidden asset may
// exist a moment later, so no browser may keep an error.
const KEPT = [200, 206, 304];

function handler(event) {
  const response = event.response;
  if (KEPT.includes(response.statusCode)) {
    response.headers['cache-control'] = { value: 'public, max-age=31536000, immutable' };
  }
  return response;
}
