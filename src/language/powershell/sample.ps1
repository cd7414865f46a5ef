param([Parameter(Mandatory)][string]$Path, [datetime]$End = "2025-11-26")
<# a comment #>
Set-StrictMode -Version Latest
function Test-Over {
    param([datetime]$At, [switch]$Quiet)
    $now = Get-Date
    if ($now -gt $At) {
        Write-Host "over since $($At.ToString('d')) at ${Path}" -ForegroundColor Red
        return $true
    } elseif (-not $Quiet) { Write-Verbose 'fine' } else { $script:x = 1 }
    foreach ($item in Get-ChildItem $Path | Where-Object { $_.LastWriteTime -lt $now.AddDays(-3) }) { Remove-Item $item }
    switch ($x) { 1 { 'a' }
        default { 'b' } }
    try { [System.IO.File]::ReadAllText($Path) } catch [Exception] { throw } finally { $y++ }
    for ($i = 0; $i -lt 3; $i++) { $h = @{ a = 1; 'b' = @(1, 2) } }
    while ($i -gt 0) { $i -= 1; if ($i -eq 1) { break } }
    $false
}
class Gate { [int]$n = 3; static [Gate] Make() { return [Gate]::new() } [bool] Over() { return $this.n -gt 3 } }
$text = @"
here $x
"@
if (Test-Over -At $End) { exit 1 }
