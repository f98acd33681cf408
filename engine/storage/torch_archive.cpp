#include "engine/storage/torch_archive.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>
#include <string_view>

#include "engine/core/printable.h"
#include "engine/storage/pickle.h"

namespace kinescore {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are taken over byte by byte");

using Kind = PickleValue::Kind;

constexpr std::uint64_t kMaxPickleBytes = std::uint64_t(32) << 20;
constexpr std::size_t kMaxDimensions = 8;

struct StorageName {
  std::string_view name;
  ElementType type;
};
constexpr StorageName kStorages[] = {
    {"FloatStorage", ElementType::F32},  {"HalfStorage", ElementType::F16}, {"BFloat16Storage", ElementType::BF16},
    {"DoubleStorage", ElementType::F64}, {"LongStorage", ElementType::I64}, {"IntStorage", ElementType::I32},
    {"ShortStorage", ElementType::I16},  {"ByteStorage", ElementType::U8},  {"BoolStorage", ElementType::Bool}};

/// Modules by which a pickle that is run takes hold of the machine; no training run stores them.
constexpr std::string_view kSystemModules[] = {"os",        "posix",  "nt",         "subprocess", "sys",
                                               "socket",    "shutil", "pty",        "ctypes",     "runpy",
                                               "importlib", "pip",    "webbrowser", "requests",   "urllib"};
constexpr std::string_view kSystemBuiltins[] = {"eval", "exec",       "execfile", "compile",
                                                "open", "__import__", "input",    "breakpoint"};

template <class List>
bool contains(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

/// `name` as "module.function".
bool reachesTheSystem(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const std::string_view module = name.substr(0, dot), function = name.substr(dot + 1);
  if (module == "builtins" || module == "__builtin__") return contains(kSystemBuiltins, function);
  return contains(kSystemModules, module.substr(0, module.find('.')));
}

std::optional<ElementType> typeOfStorage(const PickleValue& type) {
  if (type.kind != Kind::Global) return std::nullopt;
  const std::size_t end = type.text.find('\n');
  const std::string_view module = type.text.substr(0, end), name = type.text.substr(end + 1);
  if (module != "torch" && module != "torch.storage" && module != "torch.cuda") return std::nullopt;
  for (const StorageName& s : kStorages) {
    if (s.name == name) return s.type;
  }
  return std::nullopt;
}

/// Elements of a shape whose bytes stay below the limit.
std::optional<std::int64_t> countOf(const std::vector<std::int64_t>& shape, ElementType type) {
  std::int64_t count = 1;
  for (const std::int64_t n : shape) {
    if (n == 0) return 0;
    if (__builtin_mul_overflow(count, n, &count)) return std::nullopt;
  }
  if (count > kMaxTensorBytes / std::int64_t(byteSizeOf(type))) return std::nullopt;
  return count;
}

/// The place of the last element, counted from the first; nothing when it does not fit into 63 bits.
std::optional<std::int64_t> reachOf(const ArchiveTensor& tensor) {
  std::int64_t reach = 0;
  for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
    std::int64_t along = 0;
    if (__builtin_mul_overflow(tensor.shape[d] - 1, tensor.strides[d], &along) ||
        __builtin_add_overflow(reach, along, &reach)) {
      return std::nullopt;
    }
  }
  return reach;
}

bool isRowMajor(const ArchiveTensor& tensor) {
  std::int64_t expected = 1;
  for (std::size_t d = tensor.shape.size(); d-- > 0;) {
    if (tensor.shape[d] != 1 && tensor.strides[d] != expected) return false;
    expected *= tensor.shape[d];
  }
  return true;
}

/// Elements of any strides into row-major order.
std::string gather(const ArchiveTensor& tensor, std::string_view from) {
  const std::size_t size = byteSizeOf(tensor.type), dimensions = tensor.shape.size();
  std::string out(static_cast<std::size_t>(tensor.elementCount()) * size, '\0');
  std::vector<std::int64_t> at(dimensions, 0);
  std::int64_t place = 0;
  for (std::size_t to = 0; to < out.size(); to += size) {
    std::memcpy(out.data() + to, from.data() + static_cast<std::size_t>(place) * size, size);
    for (std::size_t d = dimensions; d-- > 0;) {
      place += tensor.strides[d];
      if (++at[d] < tensor.shape[d]) break;
      place -= tensor.strides[d] * tensor.shape[d];
      at[d] = 0;
    }
  }
  return out;
}

}  // namespace

/// Puts an archive together: its records first, then the notes of its pickle.
class ArchiveReader {
 public:
  explicit ArchiveReader(TorchArchive& archive) : archive_(archive) {}

  Status run() {
    Result<std::vector<ZipRecord>> records = listStoredRecords(archive_.file_);
    if (!records) return records.error();
    archive_.records_ = std::move(*records);
    if (Status found = findFolder(); !found) return found;
    if (Status order = checkByteOrder(); !order) return order;
    Result<std::string> bytes =
        readRecord(archive_.file_, archive_.records_[*recordNamed("data.pkl")], kMaxPickleBytes);
    if (!bytes) return bytes.error();
    const Result<Pickle> pickle = Pickle::read(*bytes);
    if (!pickle) return refuse(pickle.error().message);
    for (const std::string& name : pickle->globals()) {
      if (reachesTheSystem(name)) {
        return refuse("opened with Python it would call “" + printable(name) +
                      "”, which no checkpoint needs; nothing of it was read or run");
      }
    }
    return readRoot(*pickle);
  }

 private:
  Error refuse(const std::string& why) const {
    return {ErrorCode::BadInput, "“" + archive_.file_.name() + "” cannot be used: " + why + "."};
  }

  std::optional<std::size_t> recordNamed(const std::string& name) const {
    const auto& records = archive_.records_;
    const std::string full = folder_ + name;
    const auto at = std::lower_bound(records.begin(), records.end(), full,
                                     [](const ZipRecord& r, const std::string& n) { return r.name < n; });
    if (at == records.end() || at->name != full) return std::nullopt;
    return static_cast<std::size_t>(at - records.begin());
  }

  /// All records lie in one folder, named after the file when it was saved.
  Status findFolder() {
    constexpr std::string_view kPickle = "/data.pkl";
    for (const ZipRecord& record : archive_.records_) {
      if (!record.name.ends_with(kPickle) || record.name.find('/') + kPickle.size() != record.name.size()) continue;
      if (!folder_.empty()) return refuse("it holds two pickles");
      folder_ = record.name.substr(0, record.name.size() - kPickle.size() + 1);
    }
    if (folder_.empty()) return refuse("it is a ZIP archive, but not one of torch.save: it has no data.pkl");
    if (recordNamed("constants.pkl")) return refuse("it is a TorchScript program and no checkpoint");
    return {};
  }

  Status checkByteOrder() {
    const auto record = recordNamed("byteorder");
    if (!record) return {};  // older files have none and are little-endian
    const Result<std::string> order = readRecord(archive_.file_, archive_.records_[*record], 64);
    if (!order) return order.error();
    if (*order != "little") return refuse("its numbers are in the byte order of another kind of machine");
    return {};
  }

  Status readRoot(const Pickle& pickle) {
    const PickleValue* states = pickle.find(pickle.root(), "state_dict");
    if (!states) return readTensors(pickle, pickle.root(), "it");
    const std::vector<PickleIndex> entries = Pickle::entriesOf(pickle.root());
    for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
      const PickleValue &key = pickle.at(entries[i]), &value = pickle.at(entries[i + 1]);
      if (key.kind != Kind::Text || key.text == "state_dict") continue;
      archive_.otherEntries_.push_back(printable(key.text));
      if (value.kind == Kind::Integer) archive_.numbers_.emplace_back(printable(key.text), value.integer);
    }
    return readTensors(pickle, *states, "its state_dict");
  }

  Status readTensors(const Pickle& pickle, const PickleValue& states, const std::string& where) {
    const bool isOrdered = pickle.argumentsOf(states, "collections\nOrderedDict") != nullptr;
    if (states.kind != Kind::Dict && !isOrdered)
      return refuse(where + " is " + pickle.describe(states) + " instead of a dictionary of tensors");
    const std::vector<PickleIndex> entries = Pickle::entriesOf(states);
    if (entries.empty()) return refuse(where + " holds no tensors");
    std::set<std::string_view> names;
    for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
      const PickleValue& key = pickle.at(entries[i]);
      if (key.kind != Kind::Text)
        return refuse(where + " names a tensor by " + pickle.describe(key) + " instead of a text");
      const std::string who = "“" + printable(key.text) + "” in " + where + " ";
      if (!names.insert(key.text).second) return refuse(who + "is there twice");
      ArchiveTensor tensor;
      tensor.name = key.text;
      if (auto problem = readTensor(pickle, pickle.at(entries[i + 1]), tensor)) return refuse(who + *problem);
      archive_.tensors_.push_back(std::move(tensor));
    }
    return {};
  }

  /// What is wrong with it, if anything.
  std::optional<std::string> readTensor(const Pickle& pickle, const PickleValue& noted, ArchiveTensor& tensor) const {
    const PickleValue* value = &noted;
    if (const PickleValue* parameter = pickle.argumentsOf(noted, "torch._utils\n_rebuild_parameter")) {
      if (parameter->items.empty()) return "is a parameter without a tensor";
      value = &pickle.at(parameter->items[0]);
    }
    const PickleValue* arguments = pickle.argumentsOf(*value, "torch._utils\n_rebuild_tensor_v2");
    if (!arguments) return "is " + pickle.describe(*value) + " instead of a plain tensor";
    if (arguments->items.size() < 4) return "is a tensor that does not say where it lies";
    const auto argument = [&](std::size_t i) -> const PickleValue& { return pickle.at(arguments->items[i]); };
    std::int64_t stored = 0;
    if (auto problem = readStorage(pickle, argument(0), tensor, stored)) return problem;
    if (argument(1).kind != Kind::Integer || !readSizes(pickle, argument(2), tensor.shape) ||
        !readSizes(pickle, argument(3), tensor.strides) || tensor.shape.size() != tensor.strides.size()) {
      return "has a strange shape";
    }
    tensor.offset = argument(1).integer;
    // along a single element nothing is stepped over, whatever the file says
    for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
      if (tensor.shape[d] == 1) tensor.strides[d] = 0;
    }
    const auto count = countOf(tensor.shape, tensor.type);
    if (!count) return "is larger than any tensor that can be read";
    if (*count == 0) {
      if (tensor.offset < 0 || tensor.offset > stored) return "reaches beyond its storage";
      return std::nullopt;
    }
    const auto reach = reachOf(tensor);
    if (tensor.offset < 0 || !reach || tensor.offset >= stored || *reach >= stored - tensor.offset)
      return "reaches beyond its storage";
    return std::nullopt;
  }

  /// ("storage", its type, the name of its record, where it was, how many elements)
  std::optional<std::string> readStorage(const Pickle& pickle, const PickleValue& storage, ArchiveTensor& tensor,
                                         std::int64_t& stored) const {
    const PickleValue* id = storage.kind == Kind::Persistent ? &pickle.at(storage.items[0]) : nullptr;
    if (!id || id->kind != Kind::Tuple || id->items.size() < 5) return "has no storage";
    const auto part = [&](std::size_t i) -> const PickleValue& { return pickle.at(id->items[i]); };
    if (part(0).kind != Kind::Text || part(0).text != "storage" || part(2).kind != Kind::Text ||
        part(4).kind != Kind::Integer) {
      return "has no storage";
    }
    const auto type = typeOfStorage(part(1));
    if (!type) return "is stored as " + pickle.describe(part(1)) + ", which is none of the usual kinds of numbers";
    const auto record = recordNamed("data/" + std::string(part(2).text));
    if (!record) return "lies in a record that the archive does not have";
    const std::uint64_t size = archive_.records_[*record].size;
    std::int64_t bytes = 0;
    stored = part(4).integer;
    if (stored < 0 || __builtin_mul_overflow(stored, std::int64_t(byteSizeOf(*type)), &bytes) ||
        std::uint64_t(bytes) != size) {
      return "lies in a record of another size than it says";
    }
    tensor.type = *type;
    tensor.record = *record;
    return std::nullopt;
  }

  static bool readSizes(const Pickle& pickle, const PickleValue& tuple, std::vector<std::int64_t>& sizes) {
    if (tuple.kind != Kind::Tuple || tuple.items.size() > kMaxDimensions) return false;
    for (const PickleIndex index : tuple.items) {
      const PickleValue& n = pickle.at(index);
      if (n.kind != Kind::Integer || n.integer < 0) return false;
      sizes.push_back(n.integer);
    }
    return true;
  }

  TorchArchive& archive_;
  std::string folder_;  // with the slash
};

std::int64_t ArchiveTensor::elementCount() const {
  std::int64_t count = 1;
  for (const std::int64_t n : shape) {
    if (n == 0) return 0;
  }
  for (const std::int64_t n : shape) count *= n;
  return count;
}

Result<TorchArchive> TorchArchive::open(const std::filesystem::path& path) {
  Result<InputFile> file = InputFile::open(path);
  if (!file) return file.error();
  TorchArchive archive(std::move(*file));
  if (Status read = ArchiveReader(archive).run(); !read) return read.error();
  return archive;
}

std::optional<std::int64_t> TorchArchive::numberOf(const std::string& entry) const {
  for (const auto& [name, value] : numbers_) {
    if (name == entry) return value;
  }
  return std::nullopt;
}

Result<std::string> TorchArchive::read(const ArchiveTensor& tensor) const {
  const ZipRecord& record = records_[tensor.record];
  const std::uint64_t size = byteSizeOf(tensor.type);
  const auto count = static_cast<std::uint64_t>(tensor.elementCount());
  if (count == 0) return std::string();
  const bool isWhole = count * size == record.size;  // then it starts at 0
  if (isWhole && isRowMajor(tensor)) return readRecord(file_, record, std::uint64_t(kMaxTensorBytes));
  const std::uint64_t span = (static_cast<std::uint64_t>(*reachOf(tensor)) + 1) * size;
  if (span > std::uint64_t(kMaxTensorBytes)) {
    return Error{ErrorCode::BadInput,
                 "“" + file_.name() + "”: “" + printable(tensor.name) + "” is spread too widely to be read."};
  }
  std::string bytes(static_cast<std::size_t>(span), '\0');
  if (Status read = file_.readAt(record.offset + static_cast<std::uint64_t>(tensor.offset) * size, bytes); !read)
    return read.error();
  return isRowMajor(tensor) ? std::move(bytes) : gather(tensor, bytes);
}

}  // namespace kinescore
