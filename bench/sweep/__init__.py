"""Many shapes of one operator each, and the trained models: where is another engine faster?"""
