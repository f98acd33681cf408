#include "ui/panels/takes_accessible.h"

#include <map>

#include <QAccessibleWidget>
#include <QWidget>

#include "ui/document/session.h"
#include "ui/panels/window_accessible.h"
#include "ui/theme/tokens.h"

namespace kinescore {
namespace {

constexpr const char* kSession = "session";

Session* sessionOf(const QWidget& rows) { return qobject_cast<Session*>(rows.property(kSession).value<QObject*>()); }

QString takeWords(const char* text) { return TakeList::tr(text); }

QString framesOf(const Take& take, FrameRate rate) {
  if (!take.range) {
    return takeWords("whole range");
  }
  const auto frame = [&](std::int64_t f) { return nearestFrame(ticksOfFrame(f, kEngineRate), rate); };
  return takeWords("frames %1 to %2").arg(frame(take.range->start)).arg(frame(take.range->end) - 1);
}

/// A take; it is named by its number, which stays when others go.
class TakeAccess : public QAccessibleInterface, public QAccessibleActionInterface {
 public:
  TakeAccess(QWidget& rows, QAccessibleInterface& parent, std::string id) : rows_(rows), parent_(parent), id_(std::move(id)) {}
  bool isValid() const override { return take() != nullptr; }
  QObject* object() const override { return nullptr; }
  QWindow* window() const override { return parent_.window(); }
  QAccessibleInterface* parent() const override { return &parent_; }
  QAccessibleInterface* child(int) const override { return nullptr; }
  int childCount() const override { return 0; }
  int indexOfChild(const QAccessibleInterface*) const override { return -1; }
  QAccessibleInterface* childAt(int, int) const override { return nullptr; }
  void setText(QAccessible::Text, const QString&) override {}
  QAccessible::Role role() const override { return QAccessible::ListItem; }
  QAccessible::State state() const override {
    QAccessible::State state;
    state.selectable = true;
    state.selected = session().takes().shownId() == id_;
    return state;
  }
  QRect rect() const override {
    const auto& takes = session().takes().takes();
    std::size_t newer = session().jobs().jobs().size();
    for (auto other = takes.rbegin(); other != takes.rend() && (*other)->id != id_; ++other) {
      ++newer;
    }
    const QPoint top(0, int(newer) * measure::kTakeRow);
    return {rows_.mapToGlobal(top), QSize(rows_.width(), measure::kTakeRow)};
  }
  QString text(QAccessible::Text what) const override {
    const TakePointer now = take();
    if (what != QAccessible::Name || now == nullptr) {
      return {};
    }
    int notes = 0;
    for (const ReportLine& line : now->result.report.lines) {
      notes += line.isNote;
    }
    QStringList parts{takeWords("Take %1").arg(now->number), framesOf(*now, session().rate())};
    if (notes > 0) {
      parts << (notes == 1 ? takeWords("1 note") : takeWords("%1 notes").arg(notes));
    }
    if (now->starred) {
      parts << takeWords("kept");
    }
    if (session().takes().shownId() == id_) {
      parts << takeWords("shown");
    } else if (session().comparison() && session().comparison()->takeId == id_) {
      parts << takeWords("compared");
    }
    return parts.join(QStringLiteral(", "));
  }
  void* interface_cast(QAccessible::InterfaceType type) override {
    return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
  }
  QStringList actionNames() const override { return {pressAction(), kCompare, kKeep, kDelete}; }
  QString localizedActionName(const QString& action) const override {
    return action == kCompare ? takeWords("Compare") : action == kKeep ? takeWords("Keep") : action == kDelete ? takeWords("Delete") : takeWords("Show");
  }
  void doAction(const QString& action) override {
    const TakePointer now = take();
    QUndoStack& history = session().document().undoStack();
    if (now == nullptr) {
      return;
    }
    if (action == kKeep) {
      session().takes().setStarred(history, id_, !now->starred);
    } else if (action == kCompare) {
      const bool isOn = session().comparison() && session().comparison()->takeId == id_;
      session().compare(isOn ? std::nullopt : std::optional(TakeComparison{id_}));
    } else if (action == kDelete) {
      session().takes().remove(history, id_);
    } else {
      session().takes().show(id_);
    }
  }
  QStringList keyBindingsForAction(const QString&) const override { return {}; }

 private:
  static inline const QString kCompare = QStringLiteral("compare"), kKeep = QStringLiteral("keep"), kDelete = QStringLiteral("delete");
  Session& session() const { return *sessionOf(rows_); }
  TakePointer take() const { return session().takes().find(id_); }

  QWidget& rows_;
  QAccessibleInterface& parent_;
  std::string id_;
};

class TakesAccess : public QAccessibleWidget {
 public:
  explicit TakesAccess(QWidget& rows) : QAccessibleWidget(&rows, QAccessible::List, rows.accessibleName()) {}
  ~TakesAccess() override {
    for (const auto& [take, access] : takes_) {
      QAccessible::deleteAccessibleInterface(access);
    }
  }
  /// The newest first, as they stand.
  int childCount() const override {
    const Session* session = sessionOf(*widget());
    return session == nullptr ? 0 : int(session_(*session).takes().takes().size());
  }
  QAccessibleInterface* child(int index) const override {
    if (index < 0 || index >= childCount()) {
      return nullptr;
    }
    const auto& takes = session_(*sessionOf(*widget())).takes().takes();
    const std::string& id = takes[takes.size() - 1 - std::size_t(index)]->id;
    auto known = takes_.find(id);
    if (known == takes_.end()) {
      auto* made = new TakeAccess(*widget(), const_cast<TakesAccess&>(*this), id);
      known = takes_.emplace(id, QAccessible::registerAccessibleInterface(made)).first;
    }
    return QAccessible::accessibleInterface(known->second);
  }
  int indexOfChild(const QAccessibleInterface* wanted) const override {
    for (int i = 0; i < childCount(); ++i) {
      if (child(i) == wanted) {
        return i;
      }
    }
    return -1;
  }
  QAccessibleInterface* childAt(int x, int y) const override {
    for (int i = 0; i < childCount(); ++i) {
      if (child(i)->rect().contains(x, y)) {
        return child(i);
      }
    }
    return nullptr;
  }

 private:
  static Session& session_(const Session& session) { return const_cast<Session&>(session); }
  mutable std::map<std::string, QAccessible::Id> takes_;
};

}  // namespace

void offerTakesAccess(QWidget& rows, Session& session) { rows.setProperty(kSession, QVariant::fromValue<QObject*>(&session)); }

QAccessibleInterface* makeTakesAccess(QWidget& rows) { return new TakesAccess(rows); }

}  // namespace kinescore
