import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { listAccounts, openAccount, requireSession } from './api.js'
import { formatAmount } from './money.js'

const Entries = lazy(() => import('./entries.jsx'))
const CURRENCIES = ['EUR', 'GBP', 'USD']

export function App() {
  const [accounts, setAccounts] = useState(null)
  const [chosen, setChosen] = useState(null)
  const [problem, setProblem] = useState('')
  const attempt = useCallback(async action => {
    setProblem('')
    try {
      await requireSession()
      await action()
      setAccounts(await listAccounts())
    } catch (error) {
      // The accounts belong to the session that ended.
      if (error.status === 401) setAccounts([])
      setProblem(error.status === 401 ? 'The session ended' : error.message)
    }
  }, [])
  useEffect(() => { attempt(() => {}) }, [attempt])
  const account = accounts?.find(each => each.id === chosen)
  return (
    <main>
      <h1>Ledger</h1>
      {problem && <p role="alert">{problem}</p>}
      <p>
        {CURRENCIES.map(each => (
          <button key={each} id={`open-${each}`} onClick={() => attempt(() => openAccount(each))}>
            Open an account in {each}
          </button>
        ))}
      </p>
      {accounts ? <Accounts accounts={accounts} chosen={chosen} onChoose={setChosen} /> : <p>Loading</p>}
      <Suspense fallback={<p>Loading</p>}>
        {account && <Entries key={account.id} account={account} attempt={attempt} />}
      </Suspense>
    </main>
  )
}

function Accounts({ accounts, chosen, onChoose }) {
  if (accounts.length === 0) return <p id="empty">You have no accounts.</p>
  return (
    <ul id="accounts">
      {accounts.map(({ id, currency, balance_minor: balance }) => (
        <li key={id}>
          <button aria-pressed={id === chosen} onClick={() => onChoose(id)}>
            {formatAmount(balance, currency)}
          </button>
        </li>
      ))}
    </ul>
  )
}
