// A Python pickle, written down instead of run.
//
// A pickle is a program: it names functions of Python and has them called. This reader knows no function at
// all. It keeps a call as a note of what would be called with what (Kind::Call), and nothing in a file can
// reach any code of ours beyond the building of these notes; whoever reads them decides which few calls
// they understand. All others stay notes that nobody opens. That is safer than a list of forbidden names,
// and it lets the rest of a training checkpoint (optimiser, settings, callbacks) lie beside the weights.
//
// Understood is what Python's protocol 2 writes, which is what torch.save uses; any other instruction is
// refused by its number. A value may be used in many places and even hold itself, so values refer to one
// another by index and nothing here walks them recursively.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

using PickleIndex = std::uint32_t;

struct PickleValue {
  enum class Kind { None, Bool, Integer, BigInteger, Real, Text, Bytes, Tuple, List, Dict, Global, Call, Persistent };
  Kind kind = Kind::None;
  std::int64_t integer = 0;  // Bool (0, 1), Integer
  double real = 0;
  std::string_view text;  // Text, Bytes; Global: module and name with a line end between, as "torch\nFloatStorage"
  /// Tuple, List: the elements. Dict: key, value, key, value… Persistent: the one value that names what lies
  /// outside. Call: what is called, its arguments, then keys and values that were set on the result.
  std::vector<PickleIndex> items;
};

class Pickle {
 public:
  /// At most 32 MB of pickle with two million values; every length is checked before it is believed. Errors
  /// go on from "its data.pkl …" and name what is wrong.
  [[nodiscard]] static Result<Pickle> read(std::string_view bytes);

  [[nodiscard]] const PickleValue& root() const { return values_[root_]; }
  [[nodiscard]] const PickleValue& at(PickleIndex index) const { return values_[index]; }
  /// Every name that the pickle mentions, each once, as "torch.FloatStorage".
  [[nodiscard]] std::vector<std::string> globals() const;
  /// The value of a key of a Dict, or of what was set on the result of a Call; nullptr when it is not there.
  [[nodiscard]] const PickleValue* find(const PickleValue& dict, std::string_view key) const;
  /// Keys and values of a Dict, or what was set on the result of a Call: pairs, one after the other.
  [[nodiscard]] static std::vector<PickleIndex> entriesOf(const PickleValue& dict);
  /// Whether the value notes a call of this global ("module\nname"); its arguments are a Tuple.
  [[nodiscard]] const PickleValue* argumentsOf(const PickleValue& call, std::string_view global) const;
  /// What a value is, for an error: "a number", "a list", "a omegaconf.DictConfig".
  [[nodiscard]] std::string describe(const PickleValue& value) const;

 private:
  friend class PickleReader;
  Pickle() = default;
  std::vector<char> bytes_;  // not a string: a move must not change addresses
  std::vector<PickleValue> values_;
  PickleIndex root_ = 0;
};

}  // namespace kinescore
