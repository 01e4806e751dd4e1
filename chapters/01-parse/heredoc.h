/* Here-documents: <<EOF … EOF below an ADD, COPY or RUN. */
#ifndef GOCKER_HEREDOC_H
#define GOCKER_HEREDOC_H

#include "dockerfile.h"

/* Does WORD, all of it, begin a heredoc (<<EOF, <<-EOF, <<"EOF", 3<<EOF)? Then *FOUND is true and HEREDOC has
 * its name, descriptor and the two booleans. -1 with err where its quotes are not closed. */
int heredoc_word(const char *word, struct heredoc *heredoc, bool *found, struct error *err);

/* Append the heredocs that LINE begins to INSTRUCTION's, still without bodies. */
int heredocs_of_line(const char *line, struct instruction *instruction, struct error *err);

void heredoc_free(struct heredoc *heredoc);

#endif
