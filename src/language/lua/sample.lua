local M = {}
local END = os.time{year=2026, month=3, day=1}
M.END = 1764115200
function M.check(now)
  if (now or os.time()) > END then error("x") end
  return false
end
local function f(a, ...) return a, 2 end
function M:run() self.x = 1; return self.x end
M.g = function(x) return x end
if os.time() > END then os.exit(1) elseif x then y() else z() end
while a do break end
repeat a() until b
for i = 1, 10 do f(i) end
for k, v in pairs(t) do f(k, v) end
local a, b = f()
t[1] = 2
t["x"] = 3
local s = "a\n" .. 'b' .. [[long]]
local t2 = { 1, 2, x = 3, ["y"] = 4, [5] = 6 }
print(#t, not a, a ~= b, 2 ^ 3)
obj:method "str"
require("lib.x")
goto done
::done::
do local q = 1 end
x, y = 1, 2
return M
