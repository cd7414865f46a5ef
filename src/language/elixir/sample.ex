defmodule App.License do
  @moduledoc "Licences."
  use GenServer
  import Ecto.Query, only: [from: 2]
  alias App.{Repo, Clock}
  alias Timex.Duration, as: D
  @expires ~D[2025-06-01]
  @until DateTime.from_naive!(~N[2025-06-01 00:00:00], "Etc/UTC")
  defstruct [:owner, until: @expires, name: "a"]

  @doc "Is it valid?"
  @spec valid?(Date.t()) :: boolean()
  def valid?(now \\ Date.utc_today()), do: Date.compare(now, @expires) == :lt

  def check(%{until: until} = license, [_ | _], {:ok, days}) when days > 3 and is_map(license) do
    with {:ok, d} when d != nil <- Date.from_iso8601("2025-06-01"),
         today = Date.utc_today(),
         :gt <- Date.compare(today, d) do
      {:error, :expired}
    else
      :lt -> :ok
      other -> {:ok, other}
    end
  rescue
    e in RuntimeError -> {:error, e}
  after
    close(until)
  end

  def check(:none, "a" <> rest, _), do: rest

  defp run(list) do
    cond do
      Enum.any?(list, &(&1.until < Date.utc_today())) -> raise ArgumentError, message: "over #{inspect(list)}"
      true -> :ok
    end

    case list |> Enum.map(&first/1) |> hd() do
      x when x in [:lt, :eq] -> for y <- list, y > x, do: y + 1
      ^list -> %{list | end: 1, other: [1, 2]}
      _ -> unless list, do: 1, else: fn a, {b, c} -> a <> b <> ~s(#{c}) end
    end

    try do
      if not is_nil(list) && -1 < 2, do: throw(:x)
    catch
      :exit, reason -> {:error, reason}
    end
  end
end

defmodule App.LicenseTest do
  use ExUnit.Case, async: true

  describe "a licence" do
    test "is valid", %{conn: conn} do
      assert {:ok, _} = App.License.check(conn)
      refute DateTime.after?(DateTime.utc_now(), ~U[2025-06-01 00:00:00Z])
    end
  end
end

config :app, App.License, expires: ~D[2025-06-01], "quoted": %{"a" => ?b, c: 1.5}
