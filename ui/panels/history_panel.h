// The steps of the history by name; a click on one goes there.
#pragma once

#include <QUndoView>

#include "ui/document/session.h"
#include "ui/widgets/basics.h"

namespace kinescore {

class HistoryPanel : public QWidget {
  Q_OBJECT

 public:
  explicit HistoryPanel(Session& session, QWidget* parent = nullptr);

 private:
  QUndoView* steps_;
};

}  // namespace kinescore
