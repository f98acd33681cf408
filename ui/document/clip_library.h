// The motion libraries as the window sees them: opened, looked through and added to on threads of their own, which
// answer by signals. A newer search drops the older one; what comes late is dropped, too.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>

#include <QObject>
#include <QString>
#include <QStringList>

#include "engine/library/clip_search.h"

namespace kinescore {

/// What a folder came to when it was added.
struct AddedClips {
  std::string name;
  int clips = 0, files = 0;
  std::string firstLeftOut;  // why the first of those that were left out was; empty: all went in
};

/// What the window asks of the libraries; all of it is called on the library's own threads. Without `files` there is none.
struct LibraryServices {
  std::function<std::vector<LibraryFiles>()> files;           // the one that ships first
  std::function<Result<SentenceVector>()> openMeaning;        // the text model; opened at the first search for words
  std::function<Result<AddedClips>(const std::filesystem::path& folder,
                                   const std::function<void(const std::string& what, double fraction)>& progress,
                                   std::stop_token stop)>
      add;
  std::function<Status(const std::string& name)> forget;
};

/// A clip, or a moment of one, as the panel shows it and the timeline takes it.
struct OfferedClip {
  std::string id;
  QString title;
  std::string action;   // its class
  FrameRange frames;    // of the clip
  std::string folder;   // the user's own that it came from; empty: it ships
  bool mirror = false;
  std::shared_ptr<const Library> library;  // keeps `motion` there
  const Motion* motion = nullptr;
  [[nodiscard]] TimeRange part() const {
    return {ticksOfFrame(frames.start, kEngineRate), ticksOfFrame(frames.end, kEngineRate)};
  }
};

struct LibraryView {
  std::vector<OfferedClip> clips;
  std::vector<ActionCount> actions;
  int offered = 0;
  bool byMeaning = false;  // else by the written words alone
};

class ClipLibrary : public QObject {
  Q_OBJECT

 public:
  enum class State { None, Loading, Ready, Failed };

  explicit ClipLibrary(LibraryServices services, QObject* parent = nullptr);
  /// Stops what is going on and waits for it.
  ~ClipLibrary() override;

  [[nodiscard]] State state() const { return state_; }
  /// Why there is nothing to show: one sentence.
  [[nodiscard]] const QString& problem() const { return problem_; }
  /// Names of the libraries that the user added.
  [[nodiscard]] const QStringList& folders() const { return folders_; }
  [[nodiscard]] bool canAdd() const { return bool(services_.add); }
  [[nodiscard]] bool isAdding() const { return adding_.has_value(); }
  /// A clip is there to be shown to the engine; true as long as the libraries are not known.
  [[nodiscard]] bool knows(const std::string& clipId) const;

  /// Opens the libraries (again).
  void load();
  /// Answered by `found`, perhaps twice: by the written words, and by what they mean as soon as the text model is open.
  void search(const ClipQuery& query);
  /// The clip whose captions are nearest to these words, for `use`; null when there is none.
  void findNearest(const QString& words, std::function<void(const OfferedClip*)> use);
  /// The whole of a clip by its id; null when it is not there.
  [[nodiscard]] std::shared_ptr<const OfferedClip> clip(const std::string& id) const;
  void addFolder(const std::filesystem::path& folder);
  void cancelAdding();
  void forget(const QString& name);

 Q_SIGNALS:
  /// Loading, ready, failed; also when the folders are others.
  void stateChanged();
  /// Libraries were added or forgotten: the engine should look at them anew.
  void librariesChanged();
  void found(const kinescore::LibraryView& view);
  /// -1: not known how far.
  void adding(const QString& what, double fraction);
  void added(const QString& name, int clips, int files, const QString& firstLeftOut);
  /// A sentence; something asked for was not done. Empty when the user cancelled it.
  void failed(const QString& sentence);

 private:
  class Worker;
  struct Opened;
  void onOpened(std::shared_ptr<const Opened> opened, const QString& problem);
  /// The text model, on the thread that looks through the libraries; tried once.
  void openMeaning(Worker& worker) const;
  [[nodiscard]] static OfferedClip offeredClip(const ClipSearch& search, const FoundClip& found);
  [[nodiscard]] static LibraryView viewOf(const ClipSearch& search, const ClipAnswer& answer);

  LibraryServices services_;
  State state_ = State::None;
  QString problem_;
  QStringList folders_;
  std::shared_ptr<const Opened> opened_;
  std::optional<std::stop_source> adding_;
  std::uint64_t lastSearch_ = 0;
  // Last: they call back.
  std::unique_ptr<Worker> reader_;  // opens and searches
  std::unique_ptr<Worker> adder_;   // reads folders, while searching goes on
};

}  // namespace kinescore
