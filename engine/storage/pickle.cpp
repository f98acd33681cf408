#include "engine/storage/pickle.h"

#include <bit>
#include <cstdio>
#include <cstring>
#include <optional>
#include <set>
#include <unordered_map>

#include "engine/core/printable.h"

namespace kinescore {
namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t kMaxBytes = std::size_t(32) << 20;
constexpr std::size_t kMaxValues = std::size_t(2) << 20;
constexpr std::size_t kMaxNameBytes = 256;

// The instructions that protocol 2 is written with; their names are those of Python's documentation.
enum Opcode : std::uint8_t {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDup = '2',
  kNone = 'N',
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kLong1 = 0x8a,
  kLong4 = 0x8b,
  kBinFloat = 'G',
  kBinUnicode = 'X',
  kShortBinString = 'U',
  kBinString = 'T',
  kEmptyTuple = ')',
  kTuple = 't',
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kEmptyList = ']',
  kAppend = 'a',
  kAppends = 'e',
  kEmptyDict = '}',
  kSetItem = 's',
  kSetItems = 'u',
  kGlobal = 'c',
  kReduce = 'R',
  kNewObj = 0x81,
  kBuild = 'b',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kBinPersId = 'Q',
  kProto = 0x80,
};

Error refuse(const std::string& why) { return {ErrorCode::BadInput, "its data.pkl " + why}; }

bool isDictLike(const PickleValue& value) { return value.kind == Kind::Dict || value.kind == Kind::Call; }

}  // namespace

/// The machine: a stack, marks on it, a memo. `problem_` is set by whatever fails first and ends the run.
class PickleReader {
 public:
  explicit PickleReader(Pickle& pickle) : pickle_(pickle), rest_(pickle.bytes_.data(), pickle.bytes_.size()) {}

  Status run() {
    while (!finished_) {
      const std::string_view code = take(1);
      if (!problem_) step(static_cast<std::uint8_t>(code[0]));
      if (problem_) return *problem_;
    }
    if (!rest_.empty()) return refuse("goes on after its end");
    return {};
  }

 private:
  void fail(const std::string& why) {
    if (!problem_) problem_ = refuse(why);
  }

  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) {
      fail("ends too early");
      return {};
    }
    const std::string_view bytes = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(static_cast<std::size_t>(count));
    return bytes;
  }

  std::uint64_t number(int bytes) {
    const std::string_view raw = take(static_cast<std::uint64_t>(bytes));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) value |= std::uint64_t(std::uint8_t(raw[i])) << (8 * i);
    return value;
  }

  void push(PickleValue value) {
    if (pickle_.values_.size() >= kMaxValues) return fail("holds more values than any state dict");
    stack_.push_back(static_cast<PickleIndex>(pickle_.values_.size()));
    pickle_.values_.push_back(std::move(value));
  }
  void pushPlain(Kind kind) { push({.kind = kind}); }
  void pushInteger(std::int64_t value) { push({.kind = Kind::Integer, .integer = value}); }
  void pushText(Kind kind, std::uint64_t length) {
    const std::string_view text = take(length);
    push({.kind = kind, .text = text});
  }

  /// How many values lie above the last mark.
  std::size_t aboveMark() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }

  std::optional<PickleIndex> pop() {
    if (aboveMark() == 0) {
      fail("takes a value that is not there");
      return std::nullopt;
    }
    const PickleIndex index = stack_.back();
    stack_.pop_back();
    return index;
  }

  PickleValue* top() {
    if (aboveMark() == 0) {
      fail("takes a value that is not there");
      return nullptr;
    }
    return &pickle_.values_[stack_.back()];
  }

  /// Everything above the last mark, and the mark away.
  std::vector<PickleIndex> popToMark() {
    if (marks_.empty()) {
      fail("misses a mark");
      return {};
    }
    const auto from = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleIndex> items(from, stack_.end());
    stack_.erase(from, stack_.end());
    marks_.pop_back();
    return items;
  }

  void pushTuple(std::size_t count) {
    if (aboveMark() < count) return fail("takes a value that is not there");
    PickleValue tuple{.kind = Kind::Tuple};
    tuple.items.assign(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    push(std::move(tuple));
  }

  void append(const std::vector<PickleIndex>& items) {
    PickleValue* list = top();
    if (!list) return;
    // What is appended to an object of some class is not kept: nobody reads it.
    if (list->kind == Kind::Call) return;
    if (list->kind != Kind::List) return fail("appends to what is no list");
    list->items.insert(list->items.end(), items.begin(), items.end());
  }

  void setItems(const std::vector<PickleIndex>& items) {
    PickleValue* dict = top();
    if (!dict) return;
    if (items.size() % 2 != 0) return fail("has a key without a value");
    if (!isDictLike(*dict)) return fail("sets an entry of what is no dictionary");
    dict->items.insert(dict->items.end(), items.begin(), items.end());
  }

  void pushGlobal() {
    const std::size_t first = rest_.find('\n');
    const std::size_t second = first == std::string_view::npos ? first : rest_.find('\n', first + 1);
    if (second == std::string_view::npos || second > kMaxNameBytes) return fail("holds a name without an end");
    push({.kind = Kind::Global, .text = take(second)});
    take(1);
  }

  void pushCall() {
    const auto arguments = pop();
    const auto callee = pop();
    if (problem_) return;
    const Kind called = pickle_.at(*callee).kind;
    if (pickle_.at(*arguments).kind != Kind::Tuple) return fail("calls something without arguments");
    if (called != Kind::Global && called != Kind::Call) return fail("calls what has no name");
    push({.kind = Kind::Call, .items = {*callee, *arguments}});
  }

  void pushPersistent() {
    if (const auto id = pop()) push({.kind = Kind::Persistent, .items = {*id}});
  }

  void build() {
    pop();  // the state of an object, which nobody reads
    const PickleValue* object = top();
    if (object && object->kind != Kind::Call) fail("gives a state to what is no object");
  }

  void pushLong(std::uint64_t length) {
    const std::string_view raw = take(length);
    if (raw.size() > 8) return pushPlain(Kind::BigInteger);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) value |= std::uint64_t(std::uint8_t(raw[i])) << (8 * i);
    if (!raw.empty() && raw.size() < 8 && (raw.back() & 0x80)) value |= ~std::uint64_t(0) << (8 * raw.size());
    pushInteger(static_cast<std::int64_t>(value));
  }

  void pushReal() {
    std::uint64_t bits = 0;
    for (const char c : take(8)) bits = bits << 8 | std::uint8_t(c);
    push({.kind = Kind::Real, .real = std::bit_cast<double>(bits)});
  }

  void remember(std::uint64_t place) {
    if (top()) memo_[static_cast<std::uint32_t>(place)] = stack_.back();
  }
  void recall(std::uint64_t place) {
    const auto found = memo_.find(static_cast<std::uint32_t>(place));
    if (problem_) return;
    if (found == memo_.end()) return fail("recalls a value that was never remembered");
    stack_.push_back(found->second);
  }

  void stop() {
    const auto root = pop();
    if (root && !(stack_.empty() && marks_.empty())) fail("leaves values behind");
    if (root) pickle_.root_ = *root;
    finished_ = true;
  }

  void step(std::uint8_t code) {
    // An instruction is a byte, so the stack grows no faster than the file is long.
    switch (code) {
      case kProto:
        if (number(1) != 2) fail("is of another protocol than 2, which torch.save writes");
        break;
      case kStop: stop(); break;
      case kMark: marks_.push_back(stack_.size()); break;
      case kPop: pop(); break;
      case kPopMark: popToMark(); break;
      case kDup:
        if (top()) stack_.push_back(stack_.back());
        break;
      case kNone: pushPlain(Kind::None); break;
      case kNewTrue: push({.kind = Kind::Bool, .integer = 1}); break;
      case kNewFalse: push({.kind = Kind::Bool, .integer = 0}); break;
      case kBinInt: pushInteger(static_cast<std::int32_t>(number(4))); break;
      case kBinInt1: pushInteger(static_cast<std::int64_t>(number(1))); break;
      case kBinInt2: pushInteger(static_cast<std::int64_t>(number(2))); break;
      case kLong1: pushLong(number(1)); break;
      case kLong4: pushLong(number(4)); break;
      case kBinFloat: pushReal(); break;
      case kBinUnicode: pushText(Kind::Text, number(4)); break;
      case kShortBinString: pushText(Kind::Bytes, number(1)); break;
      case kBinString: pushText(Kind::Bytes, number(4)); break;
      case kEmptyTuple: pushPlain(Kind::Tuple); break;
      case kTuple: push({.kind = Kind::Tuple, .items = popToMark()}); break;
      case kTuple1: pushTuple(1); break;
      case kTuple2: pushTuple(2); break;
      case kTuple3: pushTuple(3); break;
      case kEmptyList: pushPlain(Kind::List); break;
      case kAppend:
        if (const auto item = pop()) append({*item});
        break;
      case kAppends: append(popToMark()); break;
      case kEmptyDict: pushPlain(Kind::Dict); break;
      case kSetItem: {
        const auto value = pop();
        const auto key = pop();
        if (value && key) setItems({*key, *value});
        break;
      }
      case kSetItems: setItems(popToMark()); break;
      case kGlobal: pushGlobal(); break;
      case kReduce:
      case kNewObj: pushCall(); break;
      case kBuild: build(); break;
      case kBinPut: remember(number(1)); break;
      case kLongBinPut: remember(number(4)); break;
      case kBinGet: recall(number(1)); break;
      case kLongBinGet: recall(number(4)); break;
      case kBinPersId: pushPersistent(); break;
      default: {
        char text[96];
        std::snprintf(text, sizeof text, "uses the pickle instruction 0x%02x, which no state dict needs", code);
        fail(text);
      }
    }
  }

  Pickle& pickle_;
  std::string_view rest_;
  std::vector<PickleIndex> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint32_t, PickleIndex> memo_;
  std::optional<Error> problem_;
  bool finished_ = false;
};

Result<Pickle> Pickle::read(std::string_view bytes) {
  if (bytes.size() > kMaxBytes) return refuse("is larger than that of any state dict");
  Pickle pickle;
  pickle.bytes_.assign(bytes.begin(), bytes.end());
  if (Status run = PickleReader(pickle).run(); !run) return run.error();
  return pickle;
}

std::vector<std::string> Pickle::globals() const {
  std::set<std::string_view> seen;
  for (const PickleValue& value : values_) {
    if (value.kind == Kind::Global) seen.insert(value.text);
  }
  std::vector<std::string> names;
  for (const std::string_view text : seen) {
    std::string name(text);
    name[name.find('\n')] = '.';
    names.push_back(std::move(name));
  }
  return names;
}

std::vector<PickleIndex> Pickle::entriesOf(const PickleValue& dict) {
  if (!isDictLike(dict)) return {};
  const std::ptrdiff_t first = dict.kind == Kind::Call ? 2 : 0;
  return {dict.items.begin() + first, dict.items.end()};
}

const PickleValue* Pickle::find(const PickleValue& dict, std::string_view key) const {
  const std::vector<PickleIndex> entries = entriesOf(dict);
  const PickleValue* found = nullptr;
  for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
    const PickleValue& name = at(entries[i]);
    if (name.kind == Kind::Text && name.text == key) found = &at(entries[i + 1]);
  }
  return found;  // the last one counts, as in Python
}

const PickleValue* Pickle::argumentsOf(const PickleValue& call, std::string_view global) const {
  if (call.kind != Kind::Call) return nullptr;
  const PickleValue& callee = at(call.items[0]);
  return callee.kind == Kind::Global && callee.text == global ? &at(call.items[1]) : nullptr;
}

std::string Pickle::describe(const PickleValue& value) const {
  switch (value.kind) {
    case Kind::None: return "nothing";
    case Kind::Bool: return "a truth value";
    case Kind::Integer:
    case Kind::BigInteger:
    case Kind::Real: return "a number";
    case Kind::Text: return "a text";
    case Kind::Bytes: return "bytes";
    case Kind::Tuple: return "a tuple";
    case Kind::List: return "a list";
    case Kind::Dict: return "a dictionary";
    case Kind::Global: {
      std::string name(value.text);
      name[name.find('\n')] = '.';
      return "the name " + printable(name);
    }
    case Kind::Call: {
      const PickleValue& callee = at(value.items[0]);
      return callee.kind == Kind::Global ? "an object of " + describe(callee).substr(9) : "an object";
    }
    case Kind::Persistent: return "a storage";
  }
  return "something";
}

}  // namespace kinescore
