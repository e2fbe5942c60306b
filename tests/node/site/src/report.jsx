import './report.css'

export default function Report() {
  return <p id="report">The report of a lazy chunk</p>
}
