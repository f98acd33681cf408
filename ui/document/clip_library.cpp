#include "ui/document/clip_library.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace kinescore {

/// Libraries that were opened, and nothing else ever again.
struct ClipLibrary::Opened {
  ClipSearch search;
  std::set<std::string> ids;  // of all clips, for asking whether one is gone
  QStringList folders;
  QString note;  // what was left out
};

/// One thread for what reads files and asks the text model. Searches wait in one place: a newer one takes the older one's.
class ClipLibrary::Worker {
 public:
  Worker() : thread_([this](const std::stop_token& stop) { run(stop); }) {}
  ~Worker() {
    thread_.request_stop();
    {
      const std::lock_guard lock(mutex_);
      searching_.request_stop();
    }
    wake_.notify_all();
  }

  void enqueue(std::function<void(std::stop_token)> task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    wake_.notify_all();
  }
  void replaceSearch(std::function<void(std::stop_token)> search) {
    {
      const std::lock_guard lock(mutex_);
      searching_.request_stop();
      searching_ = std::stop_source();
      search_ = std::move(search);
    }
    wake_.notify_all();
  }

  // Of the worker's thread alone.
  std::optional<SentenceVector> meaning;
  bool triedMeaning = false;

 private:
  void run(const std::stop_token& stop) {
    for (;;) {
      std::function<void(std::stop_token)> task;
      std::stop_token token = stop;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, stop, [this] { return !tasks_.empty() || search_; });
        if (stop.stop_requested()) return;
        if (!tasks_.empty()) {
          task = std::move(tasks_.front());
          tasks_.pop_front();
        } else {
          task = std::exchange(search_, nullptr);
          token = searching_.get_token();
        }
      }
      task(token);
    }
  }

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<std::function<void(std::stop_token)>> tasks_;
  std::function<void(std::stop_token)> search_;
  std::stop_source searching_;
  std::jthread thread_;  // last: it uses the rest
};

namespace {

/// Calls `answer` on the interface's thread unless the library is gone by then. To be called from the worker's thread,
/// which the library waits for.
template <class Answer>
void answerTo(ClipLibrary* library, Answer answer) {
  QMetaObject::invokeMethod(library, std::move(answer), Qt::QueuedConnection);
}

QString shownWords(const std::string& text) { return QString::fromStdString(text); }

}  // namespace

ClipLibrary::ClipLibrary(LibraryServices services, QObject* parent)
    : QObject(parent), services_(std::move(services)), reader_(std::make_unique<Worker>()), adder_(std::make_unique<Worker>()) {}

ClipLibrary::~ClipLibrary() { cancelAdding(); }

void ClipLibrary::load() {
  if (!services_.files) {
    state_ = State::None;
    Q_EMIT stateChanged();
    return;
  }
  if (state_ != State::Ready) {
    state_ = State::Loading;
    Q_EMIT stateChanged();
  }
  reader_->enqueue([this](const std::stop_token&) {
    const std::vector<LibraryFiles> files = services_.files();
    const Result<LibraryShelf> shelf =
        files.empty() ? Result<LibraryShelf>(Error{ErrorCode::NotFound, "There is no motion library; install Kinescore again."})
                      : LibraryShelf::open(files);
    if (!shelf) {
      const QString problem = shownWords(shelf.error().message);
      answerTo(this, [this, problem] { onOpened(nullptr, problem); });
      return;
    }
    std::vector<std::string> problems = shelf->problems();
    auto opened = std::make_shared<Opened>(Opened{ClipSearch::over(*shelf, problems), {}, {}, {}});
    for (const LibraryClip& clip : shelf->library()->clips) {
      opened->ids.insert(clip.id);
    }
    for (const ShelfPart& part : shelf->parts()) {
      if (part.isOwn) {
        opened->folders << shownWords(part.name());
      }
    }
    if (!problems.empty()) {
      opened->note = shownWords(problems.front());
    }
    answerTo(this, [this, opened = std::shared_ptr<const Opened>(std::move(opened))] { onOpened(opened, {}); });
  });
}

void ClipLibrary::onOpened(std::shared_ptr<const Opened> opened, const QString& problem) {
  opened_ = std::move(opened);
  problem_ = problem;
  state_ = opened_ ? State::Ready : State::Failed;
  folders_ = opened_ ? opened_->folders : QStringList();
  Q_EMIT stateChanged();
  if (opened_ && !opened_->note.isEmpty()) {
    Q_EMIT failed(opened_->note);
  }
}

bool ClipLibrary::knows(const std::string& clipId) const { return !opened_ || opened_->ids.contains(clipId); }

OfferedClip ClipLibrary::offeredClip(const ClipSearch& search, const FoundClip& found) {
  const LibraryClip& clip = search.library().clips[std::size_t(found.clip)];
  OfferedClip offered;
  offered.id = clip.id;
  offered.title = shownWords(titleOf(clip, found.caption));
  offered.action = found.caption >= 0 ? clip.captions[std::size_t(found.caption)].action : clip.category;
  offered.frames = found.frames;
  offered.folder = search.partOf(found.clip).folder;
  offered.library = search.sharedLibrary();
  offered.motion = &clip.motion;
  return offered;
}

LibraryView ClipLibrary::viewOf(const ClipSearch& search, const ClipAnswer& answer) {
  LibraryView view;
  view.clips.reserve(answer.clips.size());
  for (const FoundClip& found : answer.clips) {
    view.clips.push_back(offeredClip(search, found));
  }
  view.actions = answer.actions;
  view.offered = answer.offered;
  return view;
}

void ClipLibrary::openMeaning(Worker& worker) const {
  if (worker.triedMeaning || !services_.openMeaning) {
    return;
  }
  worker.triedMeaning = true;
  if (Result<SentenceVector> meaning = services_.openMeaning(); meaning) {
    worker.meaning = std::move(*meaning);
  }
}

void ClipLibrary::search(const ClipQuery& query) {
  if (!opened_) {
    return;
  }
  const std::uint64_t number = ++lastSearch_;
  const auto tell = [this, number](LibraryView view) {
    answerTo(this, [this, number, view = std::move(view)] {
      if (number == lastSearch_) {
        Q_EMIT found(view);
      }
    });
  };
  reader_->replaceSearch([this, worker = reader_.get(), query, opened = opened_, tell](const std::stop_token& stop) {
    const bool asksForMeaning = !query.words.empty() && services_.openMeaning;
    if (!asksForMeaning || !worker->meaning) {
      const Result<ClipAnswer> written = opened->search.find(query, {}, stop);
      if (!written) {
        // A folder that was forgotten while it was asked for: all the others are shown.
        const Result<ClipAnswer> any = opened->search.find({query.words, {}, query.action, query.onlyOwn}, {}, stop);
        if (any) {
          tell(viewOf(opened->search, *any));
        }
        return;
      }
      tell(viewOf(opened->search, *written));
    }
    if (!asksForMeaning) {
      return;
    }
    openMeaning(*worker);
    if (!worker->meaning || stop.stop_requested()) {
      return;
    }
    if (const Result<ClipAnswer> meant = opened->search.find(query, *worker->meaning, stop); meant && !stop.stop_requested()) {
      LibraryView view = viewOf(opened->search, *meant);
      view.byMeaning = meant->meaningProblem.empty();
      tell(std::move(view));
    }
  });
}

void ClipLibrary::findNearest(const QString& words, std::function<void(const OfferedClip*)> use) {
  if (!opened_) {
    use(nullptr);
    return;
  }
  reader_->enqueue([this, worker = reader_.get(), words = words.toStdString(), opened = opened_, use = std::move(use)](const std::stop_token& stop) {
    openMeaning(*worker);
    const Result<ClipAnswer> answer =
        opened->search.find({.words = words}, worker->meaning.value_or(SentenceVector()), stop);
    std::shared_ptr<const OfferedClip> best;
    if (answer && !answer->clips.empty()) {
      best = std::make_shared<const OfferedClip>(offeredClip(opened->search, answer->clips.front()));
    }
    answerTo(this, [use, best] { use(best.get()); });
  });
}

std::shared_ptr<const OfferedClip> ClipLibrary::clip(const std::string& id) const {
  if (!opened_) {
    return nullptr;
  }
  const Library& library = opened_->search.library();
  const LibraryClip* found = library.findClip(id);
  if (found == nullptr) {
    return nullptr;
  }
  return std::make_shared<const OfferedClip>(
      offeredClip(opened_->search, {int(found - library.clips.data()), {0, found->motion.frameCount()}, -1, 0}));
}

void ClipLibrary::addFolder(const std::filesystem::path& folder) {
  if (!services_.add || adding_) {
    return;
  }
  adding_.emplace();
  Q_EMIT adding(tr("Reading “%1”").arg(shownWords(folder.filename().string())), -1);
  adder_->enqueue([this, folder, stop = adding_->get_token()](const std::stop_token&) {
    const auto progress = [this](const std::string& what, double fraction) {
      answerTo(this, [this, what = shownWords(what), fraction] {
        if (adding_) {
          Q_EMIT adding(what, fraction);
        }
      });
    };
    const Result<AddedClips> made = services_.add(folder, progress, stop);
    answerTo(this, [this, made, stop] {
      adding_.reset();
      if (made) {
        load();
        Q_EMIT added(shownWords(made->name), made->clips, made->files, shownWords(made->firstLeftOut));
        Q_EMIT librariesChanged();
      } else {
        Q_EMIT failed(stop.stop_requested() ? QString() : shownWords(made.error().message));
      }
    });
  });
}

void ClipLibrary::cancelAdding() {
  if (adding_) {
    adding_->request_stop();
  }
}

void ClipLibrary::forget(const QString& name) {
  if (!services_.forget) {
    return;
  }
  adder_->enqueue([this, name = name.toStdString()](const std::stop_token&) {
    const Status forgotten = services_.forget(name);
    answerTo(this, [this, forgotten] {
      if (forgotten) {
        load();
        Q_EMIT librariesChanged();
      } else {
        Q_EMIT failed(shownWords(forgotten.error().message));
      }
    });
  });
}

}  // namespace kinescore
