import { lazy, Suspense, useEffect, useState } from 'react'
import dot from '@generated/dot.png'

const Report = lazy(() => import('./report.jsx'))

export function App() {
  const [path, setPath] = useState(location.pathname)
  const open = (event, next) => {
    event.preventDefault()
    history.pushState(null, '', next)
    setPath(next)
  }
  return (
    <main style={{ color: 'rgb(0, 0, 80)' }}>
      <nav>
        <a id="open-report" href="/report" onClick={event => open(event, '/report')}>Report</a>
      </nav>
      <img id="dot" src={dot} alt="A dot" />
      <p id="route">{route(path)}</p>
      <Suspense fallback={<p>Loading</p>}>{path === '/report' && <Report />}</Suspense>
      <Answers />
    </main>
  )
}

function route(path) {
  const user = /^\/users\/(.+)$/.exec(path)
  return user ? `User ${user[1]}` : `Page ${path}`
}

function Answers() {
  const [sum, setSum] = useState('')
  const [health, setHealth] = useState('')
  useEffect(() => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
    worker.onmessage = event => setSum(event.data)
    worker.postMessage([1, 2, 3])
    fetch('/api/health').then(response => response.json()).then(body => setHealth(body.status))
    return () => worker.terminate()
  }, [])
  return <p id="answers">{sum && health && `worker ${sum}, API ${health}`}</p>
}
